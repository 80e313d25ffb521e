"""What a bad plugin does to who trains it: one clear line and a plugin's exit code; and to all others: nothing.

What only a game shows, draws, hidden state, leaks, prints, is for conformance to find: tests/testing.
"""

import json
import os

import pytest

IMPORT = "from torch import nn\n"
RETURN = '    return {"G": generator, '
G = "nn.Linear(config.latent_dim, space.numbers)"
VALUE = "    real, fake = nets.D(batch.real), nets.D(nets.G(batch.z))\n"
REAL = '"real": F.logsigmoid(real).mean()'
FOOLING = '    return {"fake": F.logsigmoid(nets.D(nets.G(batch.z))).mean()}\n'
PLAYERS = "    return [ganzoo.maximize(value"
BAD = {
    "raises": ("import ganzoo\n", "import ganzoo\n1 / 0\n", "cannot be imported: ZeroDivisionError"),
    "exits": ("import ganzoo\n", "import ganzoo\nraise SystemExit(0)\n", "cannot be imported: SystemExit: 0"),
    "missing": ("import ganzoo\n", "import ganzoo\nimport no_such\n", "No module named 'no_such'"),
    "misspelt": ("ganzoo_architecture()", "ganzoo_architectures()", "unknown hook 'ganzoo_architectures'"),
    "signature": ("ganzoo_architecture()", "ganzoo_architecture(seed)", "{'seed'} are declared in the hookimpl"),
    "none": ("return ganzoo.Architecture(", "None and ganzoo.Architecture(", "ganzoo_architecture returned None"),
    "keyword": (", size=8", ", seize=8", "unexpected keyword argument 'seize'"),
    "not-frozen": ("frozen=True, kw_only=True", "kw_only=True", "cannot inherit non-frozen dataclass"),
    "no-default": (" = 4", "", "Config: latent_dim needs a default"),
    "no-config": ("class Config(ganzoo.Config)", "class Config", "should inherit from ganzoo.Config"),
    "networks": ("    generator = ", "    1 / 0\n    generator = ", "networks raised ZeroDivisionError for 1x8x8"),
    "no-networks": (RETURN, f"    return None\n{RETURN}", "networks raised TypeError"),
    "shape": ("nn.Unflatten(1, space.shape)", "nn.Flatten()", "have the shape (64,), the data's is (1, 8, 8)"),
    "inner-shape": (G, G.replace("dim", "dim + 1"), "player 'value' raised RuntimeError at step 0"),
    "device": (G, G.replace("numbers", "numbers, device='meta'"), "networks put 'G.0.weight' on meta; leave out"),
    "players": (PLAYERS, f"    1 / 0\n{PLAYERS}", "players raised ZeroDivisionError"),
    "no-players": (PLAYERS, PLAYERS.replace("return ", ""), "players raised TypeError, or returned no list"),
    "odd-players": (PLAYERS, f"    return [value]\n{PLAYERS}", "players returns what ganzoo.maximize and"),
    "not-scalar": (REAL, '"real": F.logsigmoid(real)', "found real: a tensor of shape (16,)"),
    "float": (REAL, '"real": 1.0', "found real: float"),
    "constant": (FOOLING, '    return {"fake": nets.D(batch.real).mean().detach()}\n', "no term with a gradient"),
    "no-terms": (FOOLING, "    return nets.D(nets.G(batch.z)).mean()\n", "found a tensor of shape ()"),
    "quits": (FOOLING, f"    raise SystemExit(0)\n{FOOLING}", "player 'fooling' raised SystemExit at step 0"),
    "backward": (
        FOOLING,
        f"{FOOLING.replace('return', 'terms =')}    terms['fake'].backward()\n    return terms\n",
        "player 'fooling' raised RuntimeError at step 0",
    ),
}


@pytest.fixture
def add(installed):
    def install(name):
        old, new, said = BAD[name]
        assert installed.good.count(old) == 1, old
        installed.add(name, installed.good.replace(old, new))
        return said

    return install


@pytest.mark.parametrize("name", BAD)
def test_it_ends_with_one_clear_line_before_a_folder_is_made(ganzoo, add, name):
    said = add(name)
    code, out, err = ganzoo("train", name, "--steps", "2", "--threads", "1", "-q")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("error: ")
    assert said in err.splitlines()[-1]
    assert os.listdir() == []


def test_what_is_never_finite_leaves_the_weights_as_they_were_and_says_which_term(ganzoo, installed):
    installed.add("nan", installed.good.replace(REAL, f"{REAL} / 0"))
    code, _, err = ganzoo("train", "nan", "--steps", "2", "--threads", "1", "-q")
    assert code == 3
    assert err.startswith("error: nan diverged at step 0, player 'value': the term 'real' is -inf, and again after")
    assert ganzoo("sample", "latest", "-n", "4", "-q")[0] == 0


def test_all_of_them_together_change_nothing_for_others(ganzoo, installed, add):
    for name in BAD:
        add(name)
    installed.add("tiny", installed.good)
    assert set(BAD) < set(ganzoo("list", "-q")[1].split())
    rows = {row["name"]: row for row in json.loads(ganzoo("plugins", "--json")[1])}
    assert set(BAD) < set(rows)
    assert not rows["tiny"]["problem"]
    assert ganzoo("show", "tiny")[0] == 0
    assert ganzoo("train", "tiny", "--steps", "2", "--threads", "1", "-q")[:2] == (0, "runs/tiny-digits-001\n")
