"""The engine: it plays the minimax game, keeps its state, and survives whatever stops it."""
