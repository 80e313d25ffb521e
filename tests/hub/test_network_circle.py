"""From a run to the Hub and back through the program, against a Hub on loopback."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.hub.program import running
from tests.hub.server.running import ALICE, BOB, READER, serving

TINY = ("--steps", "3", "--size", "8", "--batch", "8", "--threads", "1", "-o", "width=8", "-o", "latent_dim=4")
FEWER = {"GANZOO_BLOCK_PLUGINS": "log,pictures,probes"}


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running
        assert running.control()["leaks"] == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where everything is written; at the end no token is in any file."""
    folder = tmp_path_factory.mktemp("circle")
    (folder / "here").mkdir()
    yield folder
    for path in folder.rglob("*"):
        for secret in (ALICE, READER, BOB):
            assert path.is_dir() or secret.encode() not in path.read_bytes(), path


@pytest.fixture(scope="module")
def program(server, folder):
    """One process for many commands: `program("sample", "alice/gan").code`."""
    with running(folder / "here", server.surroundings(folder / "home", None, **FEWER)) as program:
        yield program
        assert "hf_" not in program.said


@pytest.fixture(scope="module")
def ganzoo(server, folder):
    """`ganzoo` in a process of its own, with more variables in its environment."""

    def run(*arguments, token=None, home="home", **more):
        known = server.surroundings(folder / home, token, **FEWER, **more)
        command = [sys.executable, "-m", "ganzoo", *map(str, arguments)]
        done = subprocess.run(command, cwd=folder / "here", env=known, capture_output=True, text=True, timeout=300)
        assert "hf_" not in done.stdout + done.stderr
        return done

    return run


def test_trained_published_deleted_and_sampled_by_every_name(program, ganzoo, folder, server):
    def ok(*arguments, **more):
        done = program(*arguments, **more)
        assert done.code == 0, done.err
        return done

    here = folder / "here"
    ok("train", "vanilla-mlp", *TINY, "--out", "run", "-q")
    ok("sample", "run", "-n", "4", "--out", "before.png", "-q")
    dry = ok("publish", "run", "alice/gan", "--dry-run")
    assert "nothing was sent; without --dry-run this goes to alice/gan, public" in dry.out
    assert server.seen == []

    done = ganzoo("publish", "run", "alice/gan", "--license", "mit", "--tag", "v1", token=ALICE)
    assert done.returncode == 0, done.stderr
    commit = server.control()["heads"]["alice/gan"]
    assert f"published  {server.endpoint}/alice/gan" in done.stdout
    assert f"ganzoo sample alice/gan@{commit}" in done.stdout
    assert f'revision = "{commit}"' in done.stdout
    again = ok("publish", "run", "alice/gan", "--license", "mit", token=ALICE)
    assert "alice/gan has these files already; nothing was sent" in again.err
    assert "Skipping" not in again.err  # the client's own words for it
    assert server.control()["heads"]["alice/gan"] == commit
    assert re.search(r"^PUT blobs/", "\n".join(server.seen), re.MULTILINE)

    chunked = {"home": "chunked", "HF_HUB_DISABLE_XET": "0"}
    sent = ganzoo("publish", "run", "alice/chunked", "-q", token=ALICE, **chunked)
    assert sent.returncode == 0, sent.stderr
    shutil.rmtree(here / "run")
    drawn = ganzoo("sample", sent.stdout.strip(), "-n", "4", "--out", "chunked.png", **chunked)
    assert drawn.returncode == 0, drawn.stderr
    asked = " ".join(server.seen)
    assert "POST xet/v1/shards" in asked
    assert "GET xet/v1/reconstructions" in asked

    fresh = ganzoo("sample", "alice/gan", "-n", "4", "--out", "by-name.png")
    assert fresh.returncode == 0, fresh.stderr
    assert f"alice/gan is not in the registry: its contents are unverified; this is alice/gan@{commit}" in fresh.stderr
    ok("sample", "alice/gan@v1", "-n", "4", "--out", "by-tag.png", "-q")
    before = len(server.seen)
    ok("sample", f"alice/gan@{commit}", "-n", "4", "--out", "by-commit.png", "-q")
    assert len(server.seen) == before  # a commit that is in the cache asks nobody

    shutil.rmtree(folder / "home" / "hub")
    ok("download", "alice/gan", "--revision", "v1", "--out", "copy")
    assert {path.name for path in (here / "copy").iterdir()} >= {"config.json", "README.md", "samples.png"}
    ok("sample", "./copy", "-n", "4", "--out", "copied.png", "-q")
    drawn = {path.name: path.read_bytes() for path in here.glob("*.png")}
    assert len(drawn) == 6
    assert set(drawn.values()) == {drawn["before.png"]}

    (here / "mine.toml").write_text("schema = 1\noverride = true\n" + done.stdout[done.stdout.index("\n[models.") :])
    listed = ganzoo("sample", "vanilla-mlp.digits", "-n", "4", "--out", "listed.png", GANZOO_REGISTRY="mine.toml")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert (here / "listed.png").read_bytes() == drawn["before.png"]


def test_offline_with_and_without_what_is_in_the_cache(ganzoo, folder, server):
    before = len(server.seen)
    done = ganzoo("sample", "alice/gan@v1", "-n", "4", "--out", "offline.png", HF_HUB_OFFLINE="1")
    assert done.returncode == 0, done.stderr
    assert "using the cached copy of alice/gan" in done.stderr
    assert (folder / "here" / "offline.png").read_bytes() == (folder / "here" / "listed.png").read_bytes()
    done = ganzoo("sample", "alice/gan", home="empty", HF_HUB_OFFLINE="1")
    assert done.returncode == 4
    assert done.stderr == (
        "error: failed to look up alice/gan: it is not in the cache, and HF_HUB_OFFLINE forbids the network\n"
    )
    assert len(server.seen) == before


def test_a_hub_that_is_not_there(ganzoo, folder):
    nobody = {"HF_ENDPOINT": "http://127.0.0.1:9"}
    done = ganzoo("download", "alice/gan@v1", "-q", **nobody)
    assert done.returncode == 0, done.stderr
    assert "cannot reach http://127.0.0.1:9: using the cached copy of alice/gan" in done.stderr
    done = ganzoo("download", "alice/gan", "--out", "none", home="empty", **nobody)
    assert done.returncode == 4
    assert re.fullmatch(
        r"error: failed to look up alice/gan: cannot reach http://127\.0\.0\.1:9 \(.*\); check the connection.*\n",
        done.stderr,
    )
    assert not (folder / "here" / "none").exists()
    done = ganzoo("download", "alice/gan", home="empty", HF_ENDPOINT="http://example.org")
    assert done.returncode == 2
    assert done.stderr == "error: HF_ENDPOINT=http://example.org is not encrypted; it should begin with https://\n"
