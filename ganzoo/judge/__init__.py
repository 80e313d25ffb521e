"""How the game goes: probes of the players and the samples, and what they mean in plain words."""
