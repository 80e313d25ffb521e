"""What the wheel holds: two top-level packages and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_has_two_top_level_names_and_the_registry(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--installer", "uv", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ganzoo", "ganzoo_plugins"}
    weights = "ganzoo/pretrained/vanilla-mlp.digits/generator.safetensors"
    for name in ("ganzoo/registry.toml", "ganzoo/py.typed", "ganzoo_plugins/py.typed", weights):
        assert name in names
    assert "ganzoo_plugins/images/vanilla_mlp.py" in names
    assert not [name for name in names if "__pycache__" in name]
