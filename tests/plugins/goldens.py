"""The goldens of the bundled plugins: means of their players' terms over three steps on made-up data.

python tests/plugins/goldens.py      writes goldens.json anew, after a change that is meant to change them
"""

import json
from pathlib import Path

FILE = Path(__file__).with_name("goldens.json")


def bundled():
    from ganzoo import catalogue

    return [entry.name for entry in catalogue.entries() if entry.distribution == "ganzoo"]


def main():
    import torch

    from ganzoo.testing.case import Case
    from ganzoo.testing.play import golden

    torch.set_num_threads(1)
    goldens = {name: {key: round(value, 6) for key, value in golden(Case(name)).items()} for name in bundled()}
    FILE.write_text(json.dumps(goldens, indent=2) + "\n")


if __name__ == "__main__":
    main()
