"""One file per command, which holds a click command of its name; heavy imports are inside the bodies."""
