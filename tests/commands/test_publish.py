import shutil
from pathlib import Path

import pytest


@pytest.fixture
def trained(ganzoo, monkeypatch):
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "log,pictures,probes")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    code, out, err = ganzoo("train", "vanilla-mlp", "--steps", 2, "--size", 8, "-o", "width=8", "-q")
    assert code == 0, err
    return out.strip()


def test_the_whole_circle_without_a_network(ganzoo, trained):
    code, out, _ = ganzoo("sample", "latest", "--out", "before.png")
    code, out, err = ganzoo("publish", "latest", "file:./zoo/me/gan", "--tag", "v1", "--license", "mit")
    assert (code, err) == (0, "")
    assert "generator.safetensors" in out
    assert "load it    ganzoo sample file:./zoo/me/gan@" in out
    assert '[models."vanilla-mlp.digits"]' in out
    shutil.rmtree("runs")
    for number, name in enumerate(["file:./zoo/me/gan", "file:./zoo/me/gan@v1", "zoo/me/gan"]):
        assert ganzoo("sample", name, "--out", f"{number}.png")[0] == 0
        assert Path(f"{number}.png").read_bytes() == Path("before.png").read_bytes()
    code, out, err = ganzoo("evaluate", "file:./zoo/me/gan", "-n", 1000, "--metric", "frechet", "--extractor", "raw")
    assert (code, "frechet" in out) == (0, True), err


def test_download_checks_and_copies(ganzoo, trained):
    ganzoo("publish", "latest", "file:./zoo/me/gan", "-q")
    code, out, err = ganzoo("download", "file:./zoo/me/gan", "--out", "mine")
    assert (code, err) == (0, "")
    assert "vanilla-mlp, images of 1x8x8" in out
    assert out.splitlines()[-1] == "mine"
    assert ganzoo("sample", "mine", "-n", 1, "--out", "x.png")[0] == 0
    assert ganzoo("download", "file:./zoo/me/gan", "--out", "mine")[0] == 2
    assert ganzoo("download", "latest")[2] == "error: latest is a run on this machine; there is nothing to download\n"
    weights = next(Path("zoo").rglob("generator.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-9])
    code, out, err = ganzoo("download", "file:./zoo/me/gan", "--out", "other")
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "it is not whole" in err
    assert not Path("other").exists()


def test_dry_run_and_quiet(ganzoo, trained):
    code, out, _ = ganzoo("publish", "latest", "me/gan", "--dry-run", "--private")
    assert code == 0
    assert out.splitlines()[-1] == "nothing was sent; without --dry-run this goes to me/gan, private"
    assert ganzoo("publish", "latest", "file:zoo/me/gan", "-q")[1].startswith("file:zoo/me/gan@")
    assert ganzoo("publish", "latest", "gan")[0] == 2
    assert ganzoo("publish", "no-such-run", "me/gan")[0] == 2
