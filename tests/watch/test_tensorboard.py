"""Event files, read back by TensorBoard itself."""

import sys

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import ganzoo
from ganzoo.errors import UsageError

SMALL = {"threads": 1, "log_every": 2, "sample_every": 4, "checkpoint_every": 4}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tiny(installed):
    installed.add("tiny", installed.good)
    return "tiny"


def events(run):
    read = EventAccumulator(str(run.folder / "tensorboard"), {"scalars": 0, "images": 0, "tensors": 0})
    return read.Reload()


def test_a_run_that_asks_for_it_reports_numbers_pictures_and_settings(tiny):
    run = ganzoo.train(tiny, steps=6, report_to=["tensorboard"], **SMALL)
    found = events(run)
    assert {"value/objective", "fooling/gradient", "rate", "auc"} <= set(found.Tags()["scalars"])
    assert [event.step for event in found.Scalars("value/objective")] == [1, 2, 4, 6]
    assert found.Scalars("value/objective")[-1].value == pytest.approx(run.record["value/objective"])
    assert [event.step for event in found.Images("samples")] == [1, 4, 6]
    assert found.Images("samples")[0].encoded_image_string.startswith(b"\x89PNG")
    assert b'gan = "tiny"' in found.Tensors("settings/text_summary")[0].tensor_proto.string_val[0]


def test_a_resumed_run_hides_what_it_plays_again(tiny, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "pictures")
    before = ganzoo.train(tiny, steps=6, report_to="tensorboard", **SMALL)
    (before.folder / "checkpoints" / "step-00000006.safetensors").unlink()
    run = ganzoo.resume(before.folder, steps=8)
    assert [event.step for event in events(run).Scalars("rate")] == [1, 2, 4, 6, 8]


@pytest.fixture
def not_installed(monkeypatch):
    for name in ("tensorboard", "torch.utils.tensorboard"):
        monkeypatch.setitem(sys.modules, name, None)


def test_without_the_library_it_says_what_to_install_before_anything_is_written(tiny, not_installed, tmp_path):
    with pytest.raises(UsageError, match=r"TensorBoard is not installed; type: pip install 'ganzoo\[tensorboard\]'"):
        ganzoo.train(tiny, steps=2, report_to="tensorboard")
    assert not (tmp_path / "runs").exists()


def test_a_run_that_does_not_ask_for_it_needs_no_library(tiny, not_installed, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "pictures")
    run = ganzoo.train(tiny, steps=2, threads=1)
    assert (run.folder / "metrics.jsonl").exists()
    assert not (run.folder / "tensorboard").exists()
