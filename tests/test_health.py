"""What is found; that broken plugins are is tested with the command."""

import pytest

from ganzoo import health
from ganzoo.engine.device import Device

BROKEN = Device("cuda:0", "A GPU", False, "no driver", None, None, ())
WELL = Device("cpu", "2 cores", True, "", 1, 1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch, tmp_path):
    """Plugins are told to be well, devices are these, and the folder is an empty one."""
    monkeypatch.setattr(health, "problems", lambda entries: [""] * len(entries))
    monkeypatch.setattr(health, "devices", lambda: [BROKEN, WELL])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "new" / "data"))


def test_a_device_that_cannot_be_used_is_wrong(tmp_path):
    found = health.examine()
    assert found["devices"] == [BROKEN, WELL]
    assert found["wrong"] == [str(BROKEN)]
    assert found["folders"] == {str(tmp_path / "runs"): True, str(tmp_path / "new" / "data"): True}
    assert not (tmp_path / "new").exists()
    assert {"group", "name", "distribution", "problem"} == found["plugins"][0].keys()


def test_a_folder_that_cannot_be_written_to_is_wrong(tmp_path):
    (tmp_path / "new").touch()
    found = health.examine()
    assert found["wrong"] == [f"cannot write to {tmp_path / 'new' / 'data'}", str(BROKEN)]
    assert found["folders"][str(tmp_path / "new" / "data")] is False


def test_versions_are_of_python_ganzoo_and_all_that_it_needs():
    assert {"python", "platform", "ganzoo", "torch", "pluggy", "click"} <= health.examine()["versions"].keys()
