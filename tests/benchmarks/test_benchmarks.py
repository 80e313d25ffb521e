"""The benchmarks run, measure what they say, and refuse what they cannot measure. No time is asserted."""

import json
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
import torch
from click.testing import CliRunner

import ganzoo
from benchmarks import figures, loop, mnist
from benchmarks.__main__ import benchmarks
from benchmarks.figures import Figure, table
from benchmarks.loop import Products
from benchmarks.processes import play, surroundings
from benchmarks.side_by_side import seen, trained_generator
from benchmarks.speed import CASES
from benchmarks.start import install

ROOT = Path(figures.__file__).parents[1]
SCRIPT = """
import time
from pathlib import Path

class Generator:
    def __init__(self):
        super(Generator, self).__init__()
        self.epochs = 0

def train(num_epochs=100):
    generator = Generator()
    assert Path("data/MNIST/raw/train-images-idx3-ubyte").exists()
    for epoch in range(num_epochs):
        generator.epochs += 1
        time.sleep(.01)
        print(f"Epoch [{epoch + 1}/{num_epochs}]")

train()
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """256 made-up images as MNIST, a script to compare with, and a folder for the results."""
    raw = tmp_path / "root" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    for part in ("train", "t10k"):
        images = torch.randint(256, (256, 28, 28), generator=generator, dtype=torch.uint8)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(
            struct.pack(">4I", 0x803, 256, 28, 28) + images.numpy().tobytes()
        )
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(
            struct.pack(">2I", 0x801, 256) + bytes(i % 10 for i in range(256))
        )
    monkeypatch.setenv("GANZOO_DATA", str(raw.parents[1]))
    monkeypatch.setattr(figures, "RESULTS", tmp_path / "results")
    (tmp_path / "script.py").write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments):
    return CliRunner().invoke(benchmarks, arguments)


@pytest.mark.slow
def test_speed_compares_every_party_and_keeps_the_numbers(small, monkeypatch):
    monkeypatch.setitem(CASES, "vanilla-mlp", replace(CASES["vanilla-mlp"], steps=2))
    done = invoke("speed", "--baseline", "script.py", "--model", "vanilla-mlp", "--precision", "bf16", "--repeats", "1")
    assert done.exit_code == 0, done.output
    kept = json.loads((small / "results" / "speed-vanilla-mlp.json").read_text())
    ours = ["ganzoo, bf16", "ganzoo --compile, bf16"]
    parties = ["script", "plain loop, bf16", "tuned loop, bf16", *ours, "its products alone, bf16"]
    assert list(kept["figures"]) == parties
    assert all(figure["median"] > 0 and len(figure["values"]) == 1 for figure in kept["figures"].values())
    assert kept["peak"].keys() == set(parties)
    assert kept["first"].keys() == set(parties[1:])  # a script does not say
    lines = [[cell.strip() for cell in line.split("|")] for line in done.output.splitlines() if line.startswith("| ")]
    assert [cells[1] for cells in lines[2:]] == parties
    assert lines[0][4] == "to the script"
    assert [cells[5].endswith("%") for cells in lines[2:]] == [False, True, True, True, True, False]
    assert kept["command"].endswith("--precision bf16 --baseline SCRIPT")
    assert str(small) not in json.dumps(kept)


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.gan != "vanilla-mlp"], ids=str)
def test_every_case_has_a_game_that_the_loops_can_play(case):
    players = ganzoo.architecture(case.gan).players(ganzoo.architecture(case.gan).config())
    assert all(isinstance(player.by, ganzoo.Adam) and player.after is None for player in players)
    assert all(player.every == 1 and player.start == 0 for player in players)


def test_the_products_of_a_step_are_all_of_them_and_no_more():
    weight = torch.ones(3, 2, requires_grad=True)
    with Products() as products:
        y = torch.ones(4, 3) @ weight
        (y.tanh() * 2).sum().backward()
    assert [str(function) for function, _, _ in products.calls] == ["aten.mm.default"] * 2  # forward, and the gradient
    products.step()


def test_a_tuned_loop_learns_what_a_plain_one_does(tmp_path, monkeypatch):
    """The same networks, objective and optimiser: one step from the same seed moves weights to the same place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loop, "WORKERS", 0)
    np.savez("noise.npz", images=np.random.default_rng(0).integers(0, 256, (64, 16, 16), np.uint8))
    weights = []
    for tuned, steps in ((True, 0), (True, 1), (False, 1)):
        torch.manual_seed(0)
        game = loop.Loop("dcgan", "noise.npz", 16, 4, torch.device("cpu"), tuned=tuned, half=False)
        game.reals = iter(lambda: torch.linspace(-1, 1, 1024).view(4, 1, 16, 16), None)
        torch.manual_seed(1)
        for _ in range(steps):
            game.step()
        weights.append(
            torch.cat([weight.detach().flatten() for net in game.modules.values() for weight in net.parameters()])
        )
    first, tuned, plain = weights
    assert (tuned - first).abs().mean() > 1e-4
    assert (tuned - plain).abs().mean() < 1e-6


def test_memory_weighs_both(small):
    done = invoke("memory", "--baseline", "script.py", "--repeats", "1")
    assert done.exit_code == 0, done.output
    kept = json.loads((small / "results" / "memory.json").read_text())["figures"]
    assert kept.keys() == {"script", "ganzoo"}
    assert kept["ganzoo"]["median"] > 100  # MiB: torch alone is more


def test_measuring_is_light():
    """A process begins its life with the peak of the one that started it."""
    code = "import sys, benchmarks.__main__; print({'torch', 'numpy', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "set()\n"


def test_start_counts_the_plugins_that_are_listed(small):
    done = invoke("start", "--repeats", "1", "--plugins", "3")
    assert done.exit_code == 0, done.output
    assert "ganzoo list, 3 plugins" in done.output


def test_made_up_plugins_are_distributions_with_a_readable_file(tmp_path):
    install(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.glob("*.py")) == ["made_up_0.py", "made_up_1.py"]
    assert "made-up-1 = made_up_1" in (tmp_path / "ganzoo_made_up_1-1.0.dist-info" / "entry_points.txt").read_text()


@pytest.mark.parametrize("arguments", [["memory"], ["side-by-side"], ["speed", "--baseline", "none.py"]])
def test_a_script_to_compare_with_is_asked_for(arguments):
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert "--baseline" in done.output


def test_without_mnist_it_says_what_to_type(small, monkeypatch):
    monkeypatch.setenv("GANZOO_DATA", str(small / "empty"))
    done = invoke("speed", "--baseline", "script.py")
    assert done.exit_code == 1
    assert "GANZOO_DATA=FOLDER" in done.output


def test_a_process_is_stopped_after_its_epochs_and_weighed(small):
    mnist.unpack(small)
    command = [sys.executable, "-u", "script.py"]
    played = play(command, small, environment=surroundings(), epochs=3)
    assert len(played.marks) == 3
    assert list(played.marks) == sorted(played.marks)
    assert played.peak > 1
    assert played.output.count("Epoch [") == 3


def test_a_process_that_fails_or_stops_short_is_an_error(tmp_path):
    with pytest.raises(click.ClickException, match="ended with 3"):
        play([sys.executable, "-c", "exit(3)"], tmp_path, environment=surroundings())
    with pytest.raises(click.ClickException, match="after 1 epochs"):
        play([sys.executable, "-c", "print('Epoch [1/1]')"], tmp_path, environment=surroundings(), epochs=2)


def test_surroundings_keep_bytecode_and_set_threads(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in surroundings()
    assert surroundings(3)["OMP_NUM_THREADS"] == "3"


def test_the_scripts_own_generator_is_trained_for_the_asked_epochs(small, capsys):
    mnist.unpack(small)
    assert trained_generator(SCRIPT, 2).epochs == 2
    assert capsys.readouterr().out.splitlines() == ["Epoch [1/2]", "Epoch [2/2]"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 1", "last statement"),
        ("def train(num_epochs): pass\ntrain()", "class called Generator"),
        ("class Generator: pass\ndef train(num_epochs): pass\ntrain()", "made 0 generators"),
    ],
)
def test_a_script_of_another_form_is_refused(source, found):
    with pytest.raises(click.ClickException, match=found):
        trained_generator(source, 1)


def test_a_figure_has_a_median_a_spread_and_ratios_by_round():
    slow, fast = Figure((10.0, 30.0, 20.0)), Figure((20.0, 30.0, 60.0))
    assert slow.text() == "20 (10-30)"
    assert fast.over(slow).values == (2.0, 1.0, 3.0)
    assert fast.over(slow).text(2, "x") == "2.00x (1.00-3.00)"
    assert Figure((1234.56,)).to_dict() == {"median": 1235.0, "values": [1235.0]}


def test_a_table_is_aligned_markdown():
    assert table(["name", "n"], [["a", "10"], ["bcdef", "2"]]).splitlines() == [
        "| name  |  n |",
        "| ----- | -: |",
        "| a     | 10 |",
        "| bcdef |  2 |",
    ]


def test_a_classifier_is_sure_of_what_it_gives_more_than_nine_tenths():
    def classifier(images):
        return images, torch.log(torch.stack([images[:, 0], 1 - images[:, 0]], dim=1))

    images = torch.tensor([[0.95], [0.5], [0.02], [0.85]])
    features, sure = seen(classifier, images)
    assert features.equal(images)
    assert sure == 0.5


@pytest.mark.slow
def test_hub_times_and_weighs_every_party(small):
    done = invoke("hub", "--repeats", "1", "--megabytes", "1")
    assert done.exit_code == 0, done.output
    kept = json.loads((small / "results" / "hub.json").read_text())
    parties = ["upload_folder", "ganzoo's sending", "ganzoo publish"]
    parties += ["snapshot_download", "ganzoo download", "ganzoo.load"]
    assert list(kept["figures"]) == list(kept["grown"]) == parties
    assert all(figure["median"] > 0 for figure in kept["figures"].values())
