"""`python -m ganzoo` is the program `ganzoo`."""

from ganzoo.cli import main

if __name__ == "__main__":
    main()
