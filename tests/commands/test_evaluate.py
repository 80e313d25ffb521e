"""evaluate as a person types it, on a plugin that is tiny."""

import json
from pathlib import Path

import pytest

import ganzoo as package
from ganzoo.engine import files
from ganzoo.errors import UsageError

RUN = Path("runs/tiny-ring8-001")


@pytest.fixture
def trained(installed, ganzoo, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    installed.add("tiny", installed.good.replace("size=8,", 'size=8, spaces=("vector",), data="ring8",'))
    assert ganzoo("train", "tiny", "--steps", "2", "-q")[0] == 0
    return ganzoo


def test_a_run_is_judged_and_the_numbers_are_kept(trained):
    code, out, err = trained("evaluate", "-n", "500")
    assert code == 0
    assert err == f"judging 500 samples of tiny beside 10,000 of ring8 by raw\nsaved {RUN}/metrics.json\n"
    lines = out.splitlines()
    assert lines[0].split() == ["value", "generated", "real"]
    (modes,) = [line.split() for line in lines if line.startswith("modes ")]
    assert modes[2:] == ["500", "-"]
    assert "without agreement: the extractor is no classifier of these data's classes" in lines

    kept = json.loads((RUN / "metrics.json").read_text())
    assert kept["gan"] == "tiny"
    assert set(kept["values"]["frechet_distance"]) == {
        "value", "metric", "generated", "real", "extractor", "protocol", "seed"
    }  # fmt: skip
    assert trained("evaluate", "-n", "500", "--metric", "frechet", "-q") == (0, "", "")
    again = json.loads((RUN / "metrics.json").read_text())
    assert again["values"] == {"frechet_distance": kept["values"]["frechet_distance"]}
    for target in (RUN, RUN / "checkpoints" / "step-00000002.safetensors", RUN / "model"):
        code, out, _ = trained("evaluate", target, "-n", "500", "--metric", "frechet", "--json")
        assert json.loads(out) == json.loads((RUN / "metrics.json").read_text()) == again


def test_what_is_wrong_is_one_line(trained):
    code, out, err = trained("evaluate", "-n", "20", "-q")
    assert (code, out) == (2, "")
    assert err.startswith("error: -n 20: too few samples to judge by; frechet needs 500,")
    assert len(err.splitlines()) == 1
    assert trained("evaluate", "--metric", "kdi") == (
        2, "", "error: unknown metric 'kdi'; did you mean 'kid'?; see `ganzoo doctor`\n"
    )  # fmt: skip
    assert not (RUN / "metrics.json").exists()


def test_a_model_outside_of_a_run_is_judged_by_its_data_or_those_that_are_named(trained):
    (RUN / "model").rename("model")
    code, out, _ = trained("evaluate", "model", "-n", "500", "--metric", "modes", "--json")
    assert (code, json.loads(out)["data"]) == (0, "ring8")
    code, out, _ = trained("evaluate", "model", "-n", "500", "--data", "grid25", "--metric", "modes", "--json")
    assert code == 0
    assert json.loads(out)["data"] == "grid25"
    assert not list(Path().rglob("metrics.json"))


def test_numbers_whose_file_cannot_be_written_are_shown(trained, monkeypatch):
    def full(path, contents):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(files, "write_whole", full)
    code, out, err = trained("evaluate", "latest", "-n", "500", "--metric", "modes")
    assert code == 0
    assert f"{RUN}/metrics.json could not be written: Read-only file system" in err
    assert "modes" in out
    with pytest.warns(UserWarning, match="could not be written"):
        package.evaluate("latest", n=500, metrics=["modes"])


def test_a_generator_and_a_run_are_judged_in_python(trained):
    generator = package.load()
    with pytest.raises(UsageError, match="type --data"):
        package.evaluate(generator, n=500)
    found = package.evaluate(generator, data="ring8", n=500, metrics=["modes"])
    assert not (RUN / "metrics.json").exists()
    assert package.evaluate("latest", n=500, metrics="modes").to_dict() == found.to_dict()
    assert (RUN / "metrics.json").is_file()
    assert 0 <= found["modes"] <= 8
    run = package.train("tiny", steps=1)
    assert package.evaluate(run, n=500, metrics=["modes"]).gan == "tiny"
    assert (run.folder / "metrics.json").is_file()
