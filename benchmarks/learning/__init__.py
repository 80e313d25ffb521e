"""Learning shown: each command trains, measures and prints a line with its seed. Never asserted in tests."""
