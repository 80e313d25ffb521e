"""train, resume and sample as a person types them, on a plugin that is tiny."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image
from safetensors.torch import load_file

from ganzoo import memory

RUN = Path("runs/tiny-digits-001")


@pytest.fixture
def tiny(installed, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    installed.add("tiny", installed.good)
    return installed


def test_train_sample_and_resume(tiny, ganzoo):
    code, out, err = ganzoo("train", "--seed", "3", "tiny", "-o", "latent_dim=2", "--steps=4")
    assert (code, err) == (0, "")
    assert out.startswith("ganzoo 0.1 · tiny (Somebody et al. 2020) · seed 3\n")
    assert f"saved {RUN}" in out

    assert ganzoo("sample") == (0, f"{RUN}/sample-001.png\n", "")
    assert ganzoo("sample", RUN, "-n", "16", "--seed", "0") == (0, f"{RUN}/sample-002.png\n", "")
    first, second = RUN / "sample-001.png", RUN / "sample-002.png"
    assert first.read_bytes() == second.read_bytes()

    code, out, err = ganzoo("sample", "--out", first, "--seed", "1")
    assert (code, out) == (2, "")
    assert "exists already" in err
    assert first.read_bytes() == second.read_bytes()
    assert ganzoo("sample", "-q", "--out", first, "--seed", "1", "--force") == (0, "", "")
    assert first.read_bytes() != second.read_bytes()

    assert ganzoo("sample", "--walk", "--out", "walk.webp") == (0, "walk.webp\n", "")
    assert Path("walk.webp").read_bytes()[8:12] == b"WEBP"
    code, _, err = ganzoo("sample", "--walk", "--out", "walk.webp")
    assert code == 2
    assert "walk.webp exists already" in err
    said = "error: cannot save an animation as 'walk.png'; known endings: .webp\n"
    assert ganzoo("sample", "--walk", "--out", "walk.png") == (2, "", said)
    assert ganzoo("sample", "--files", "-n", "3", "--out", "drawn") == (0, "drawn\n", "")
    assert len(list(Path("drawn").glob("*.png"))) == 3
    code, out, err = ganzoo("sample", "--device", "xpu:7", "--out", "elsewhere.png")
    assert (code, out) == (2, "")
    assert err.startswith("error: device 'xpu:7' is not on this machine, which has ")
    assert not Path("elsewhere.png").exists()

    assert ganzoo("resume", "latest", "--steps", "6", "-q") == (0, f"{RUN}\n", "")
    assert json.loads((RUN / "run.json").read_text())["step"] == 6
    assert ganzoo("sample", "--step", "4", "-q", "--out", "four.png") == (0, "", "")
    code, _, err = ganzoo("sample", "--step", "5")
    assert code == 2
    assert "no checkpoint of step 5" in err


def test_dry_run_prints_the_plan_and_writes_nothing(tiny, ganzoo):
    code, out, err = ganzoo("train", "tiny", "--dry-run")
    assert (code, err) == (0, "")
    assert "parameters  G 320 · D 65" in out
    assert "1,797 samples, 1x8x8" in out
    assert "MiB on cpu" in out
    assert list(Path().iterdir()) == []


def test_a_runs_configuration_runs_again_in_a_folder_of_its_own(tiny, ganzoo):
    assert ganzoo("train", "tiny", "--steps", "2", "--batch", "4", "-q")[:2] == (0, f"{RUN}\n")
    again = Path("runs/tiny-digits-002")
    assert ganzoo("train", "--config", RUN / "config.toml", "-q")[:2] == (0, f"{again}\n")
    first, second = (load_file(run / "model" / "generator.safetensors") for run in (RUN, again))
    assert {name: tensor.tolist() for name, tensor in first.items()} == {
        name: tensor.tolist() for name, tensor in second.items()
    }


def test_a_device_that_is_not_there_is_one_line_and_leaves_no_folder(tiny, ganzoo):
    code, out, err = ganzoo("train", "tiny", "--device", "xpu:7", "-q")
    assert (code, out) == (2, "")
    assert err.startswith("error: device 'xpu:7' is not on this machine, which has ")
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--size", "100000"], "error: --size 100000: the 1,797 images of digits take 17,137,527 MiB, and "),
        (["--data", "photos", "--batch", "2", "--size", "1000000"], "error: --size 1000000: 2 images at once take "),
    ],
)
def test_a_size_that_no_memory_holds_is_one_line_and_leaves_nothing(tiny, ganzoo, monkeypatch, asked, said):
    monkeypatch.setenv("GANZOO_CACHE", "cache")
    Path("photos").mkdir()
    for name in ("a", "b"):
        Image.new("L", (9, 9)).save(f"photos/{name}.png")
    code, _, err = ganzoo("train", "tiny", *asked)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(said)
    assert err.endswith(" are free; type a smaller --size\n")
    assert not Path("runs").exists()
    assert not list(Path().glob("cache/images/*"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system itself says what cannot be had")
@pytest.mark.parametrize(
    ("before", "hunger"),
    [("return {", "nn.Linear(10**5, 10**4)"), ("real, fake =", "batch.real.repeat(10**6, 1, 1, 1)")],
)
def test_networks_or_turns_that_memory_does_not_hold_are_one_line(tiny, ganzoo, monkeypatch, before, hunger):
    tiny.add("hungry", tiny.good.replace(before, f"{hunger}\n    {before}", 1))
    monkeypatch.setattr(memory, "available", lambda: 2**28)
    code, _, err = ganzoo("train", "hungry")
    assert (code, err) == (
        2,
        "error: out of memory: hungry on samples of 1x8x8, 16 at once, needs more than the 256 MiB that are free; "
        "type a smaller --size or --batch, or make its networks smaller (ganzoo show hungry)\n",
    )
    assert not Path("runs").exists()


def test_a_walk_goes_with_no_other_form_of_output(ganzoo):
    for other in ("--files", "--labels=1", "--where=a=b"):
        said = "error: --walk goes with none of --files, --labels and --where\n"
        assert ganzoo("sample", "--walk", other) == (2, "", said)


@pytest.mark.parametrize("out", ["new/x.npz", "new/x.png"])
def test_more_samples_than_memory_holds_are_one_line_and_leave_nothing(ganzoo, out):
    code, said, err = ganzoo("sample", "cgan.digits", "-n", 10**12, "--out", out)
    assert (code, said) == (2, "")
    assert err.startswith("error: out of memory: drawing 1,000,000,000,000 samples of cgan needs more than the ")
    assert err.count("\n") == 1
    assert err.endswith("ask for fewer, or write them as they are drawn: --out NAME.npz or --files\n")
    assert not Path("new").exists()


def test_the_plan_of_a_game_says_that_it_has_no_data(ganzoo):
    code, out, _ = ganzoo("train", "bilinear", "--dry-run")
    assert code == 0
    assert "\ndata        none: a game of the players alone\n" in out


def test_labels_may_have_spaces_between_them(ganzoo):
    assert ganzoo("sample", "cgan.digits", "-n", "2", "--labels", "3, 1", "--out", "x.png")[:2] == (0, "x.png\n")


def test_a_name_that_the_system_does_not_take_is_one_line(ganzoo):
    code, _, err = ganzoo("sample", "a" * 300)
    assert (code, err) == (2, f"error: {'a' * 300}: File name too long\n")
    Path("file").touch()
    code, _, err = ganzoo("sample", "vanilla-mlp.digits", "-n", "1", "--out", "file/x.png")
    assert (code, err) == (2, "error: file/x.png: no file can be made there\n")


def test_texts_are_printed_line_by_line_or_written(ganzoo, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    Path("lines.txt").write_text("to be or\nnot to be\n" * 8)
    options = [f"-o{pair}" for pair in ("pretrain=1", "reading=0", "units=4", "rollouts=1")]
    code, out, err = ganzoo("train", "seqgan", "--data", "lines.txt", "--size", "3", "--steps", "2", *options,
                            "--batch", "4", "--out", "run")  # fmt: skip
    assert (code, err) == (0, "")
    assert "lines (16 lines, 3 words of 5)" in out
    assert "step 2: trigram NLL, nats per token: data " in out
    code, out, err = ganzoo("sample", "run", "-n", "30")
    assert (code, err, len(out.splitlines())) == (0, "", 30)
    assert set(out.split()) == {"to", "be", "or", "not"}
    assert ganzoo("sample", "run", "-n", "30", "--out", "made.txt") == (0, "made.txt\n", "")
    assert Path("made.txt").read_text() == out
    code, out, err = ganzoo("evaluate", "run", "-n", "100")
    assert code == 2, "too few lines to judge by"
    assert "--metric likelihood: it needs at least 100 real samples, and lines has 16" in err
    for name, contents in {"empty.txt": b"", "latin.txt": b"caf\xe9\n"}.items():
        Path(name).write_bytes(contents)
        code, _, err = ganzoo("train", "seqgan", "--data", name)
        assert (code, len(err.splitlines())) == (2, 1), err
    assert ganzoo("train", "seqgan", "--data", "absent.txt")[0] == 2


def test_more_processes_than_memory_holds_are_not_started(ganzoo, monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setattr("ganzoo.memory.available", lambda: 6000 << 20)
    said = "error: --processes 40: each takes 300 MiB or more, and 6,000 MiB are free; type --processes 10\n"
    assert ganzoo("train", "vanilla-mlp", "--processes", "40") == (2, "", said)
