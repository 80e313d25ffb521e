"""The zoo's shelves: what the registry lists, what the Hub and local zoos hold, and how to read it without trust."""
