"""export as a person types it, on a plugin that is tiny."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from ganzoo.hub.export import NEEDED


@pytest.mark.skipif(any(find_spec(name) is None for name in NEEDED), reason="writes ONNX: pip install 'ganzoo[onnx]'")
def test_a_run_is_exported_and_no_file_is_overwritten_unasked(installed, ganzoo, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    installed.add("tiny", installed.good)
    assert ganzoo("train", "tiny", "--steps", "2", "-q")[0] == 0
    path = Path("digits.onnx")
    path.write_text("mine")
    refused = (2, "", "error: digits.onnx exists already; choose another name, or overwrite it with --force\n")
    assert ganzoo("export", "--onnx", path) == refused
    assert path.read_text() == "mine"
    code, out, err = ganzoo("export", "latest", "--onnx", path, "--force")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    assert re.fullmatch(r"digits\.onnx: \d\.\d MB, opset \d+; inputs z \(N, 4\) float32; output \(N, 1, 8, 8\)", first)
    assert re.fullmatch(r"largest difference to torch in 8 samples: \d\.\de-\d\d", second)
