"""What is in the cache or in a repository already, when a model is fetched or published."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ganzoo.hub import remote
from tests.hub.program import running
from tests.hub.server.running import ALICE, serving

TINY = ("--steps", "3", "--size", "8", "--batch", "8", "--threads", "1", "-o", "width=8", "-o", "latent_dim=4")
FEWER = {"GANZOO_BLOCK_PLUGINS": "log,pictures,probes"}
WEIGHTS = "generator.safetensors"


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("remote")


@pytest.fixture(scope="module")
def program(server, place):
    with running(place, server.surroundings(place / "home", None, **FEWER)) as program:
        yield program


@pytest.fixture(scope="module")
def files(published):
    return {path.name: path.read_bytes() for path in published.iterdir()}


@pytest.fixture(scope="module")
def run(program):
    done = program("train", "vanilla-mlp", *TINY, "--out", "run", "-q")
    assert done.code == 0, done.err
    return "run"


@pytest.fixture
def cached(server, program, place, files):
    """A model in the cache: the path of its weights there."""
    commit = server.repository("alice/gan", files)
    assert program("download", "alice/gan", "-q").code == 0
    return next(place.rglob(f"snapshots/{commit}/{WEIGHTS}"))


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_18_what_was_damaged_in_the_cache_is_never_used_and_fetched_again(program, cached, files, damage):
    blob = cached.resolve()
    if damage is None:
        blob.unlink()  # and the link to it dangles
    else:
        blob.write_bytes(damage)
        done = program("sample", "alice/gan", "--out", "bad.png")
        assert done.code == 2
        assert "it was taken out of the cache, and the next try downloads it again" in done.err
    done = program("sample", "alice/gan", "--out", "good.png", "--force", "-q")
    assert done.code == 0, done.err
    assert cached.read_bytes() == files[WEIGHTS]


def test_18_force_fetches_it_in_any_case(program, cached, files):
    blob = cached.resolve()
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    assert program("download", "alice/gan", "--force", "-q").code == 0
    assert cached.read_bytes() == files[WEIGHTS]


def test_18_a_cache_that_cannot_be_written(server, place, files):
    server.repository("alice/gan", files)
    known = server.surroundings(Path("/dev/null/home"), None, **FEWER)
    command = [sys.executable, "-m", "ganzoo", "download", "alice/gan"]
    done = subprocess.run(command, cwd=place, env=known, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    assert done.stderr.startswith("error: failed to look up alice/gan: Not a directory")
    assert "/dev/null/home" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_18_two_processes_fetch_at_once(server, place, files):
    server.repository("alice/twice", files)
    known = server.surroundings(place / "shared", None, **FEWER)
    command = [sys.executable, "-m", "ganzoo", "download", "alice/twice", "-q"]
    both = [subprocess.Popen(command, cwd=place, env=known, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    folders = {process.communicate(timeout=300)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(folders) == 1


def test_17_what_moved_since_it_was_pinned(server, program, place, files):
    first = server.repository("alice/moves", files)
    other = json.loads(files["config.json"])
    other["training"]["seed"] = 7
    server.repository("alice/moves", {**files, "config.json": json.dumps(other).encode()})
    pins = {name: {"sha256": pin["sha256"], "size": pin["size"]} for name, pin in
            json.loads(files["manifest.json"])["files"].items()}  # fmt: skip
    entry = {"repo": "alice/moves", "revision": first, "plugin": "vanilla-mlp", "license": "mit", "dataset": "digits"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    lines += [
        f'files.{json.dumps(name)} = {{ sha256 = "{p["sha256"]}", size = {p["size"]} }}' for name, p in pins.items()
    ]
    (place / "mine.toml").write_text('schema = 1\n[models."vanilla-mlp.moves"]\n' + "\n".join(lines))
    done = program("registry", "check", "mine.toml", "--online")
    assert done.code == 0, done.err
    assert "vanilla-mlp.moves: Samples(1 x image 1x8x8)" in done.out
    done = program("download", "alice/moves")  # its manifest is of the first config
    assert done.code == 2
    assert "config.json has" in done.err
    assert program("download", f"alice/moves@{first}", "-q").code == 0
    done = program("download", f"alice/moves@{'0' * 40}")
    assert done.code == 4
    assert f"it has no revision '{'0' * 40}'" in done.err


def test_a_card_of_ones_own_stays_and_an_old_discriminator_goes(server, program, place, run):
    server.repository("alice/mine", {"README.md": b"# Mine\n", "notes.txt": b"x", "discriminator.safetensors": b"old"})
    done = program("publish", run, "alice/mine", token=ALICE)
    assert done.code == 0, done.err
    assert program("download", "alice/mine", "--out", "mine", "-q").code == 0
    assert (place / "mine" / "README.md").read_text() == "# Mine\n"
    assert not (place / "mine" / "discriminator.safetensors").exists()  # it was of other weights


def test_a_repository_of_another_kind_or_for_everybody_is_not_touched(server, program, run, files):
    server.repository("alice/bert", {"config.json": b"{}", "model.safetensors": b"x"})
    before = server.control()["heads"]["alice/bert"]
    done = program("publish", run, "alice/bert", token=ALICE)
    assert (done.code, done.err) == (
        2, "error: alice/bert holds a model of another kind; publish to a name of its own\n"
    )  # fmt: skip
    assert server.control()["heads"]["alice/bert"] == before
    server.repository("alice/open", files)
    done = program("publish", run, "alice/open", "--private", token=ALICE)
    assert done.code == 2
    assert "alice/open exists and is public; make it private in its settings, or leave out --private" in done.err
    assert program("publish", run, "alice/closed", "--private", "-q", token=ALICE).code == 0
    assert program("download", "alice/closed").code == 4
    assert program("download", "alice/closed", "-q", token=ALICE).code == 0


def test_a_cache_that_is_only_read_is_not_noted_in(tmp_path, monkeypatch):
    (tmp_path / "cache").touch()
    monkeypatch.setattr(remote.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    remote.remember(remote.Commit("me/gan", "3" * 40, {}), "v1")
    assert (tmp_path / "cache").read_bytes() == b""
