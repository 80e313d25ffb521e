"""Whatever the network does to a download or to a publication: exit 4, one line, nothing half-written."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.hub.program import running
from tests.hub.server.running import ALICE, BOB, READER, serving

INFO = "GET hub/api/models/alice/gan"
HEAD = "HEAD hub/alice/gan/resolve"
BLOB = r"GET blobs/.*safetensors"
COMMIT = "POST hub/api/models/.*/commit/"
QUICK = {"HF_HUB_ETAG_TIMEOUT": "1", "HF_HUB_DOWNLOAD_TIMEOUT": "1", "GANZOO_BLOCK_PLUGINS": "log,pictures,probes"}
SILENT = "made to go wrong"  # what the server says in an error; shown, since it may help


@pytest.fixture(scope="module")
def served():
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the program runs; `tmp` in it is for what it writes for a while."""
    place = tmp_path_factory.mktemp("failures")
    (place / "tmp").mkdir()
    return place


@pytest.fixture(scope="module")
def program(served, place):
    with running(place, served.surroundings(place / "home", None, TMPDIR=str(place / "tmp"), **QUICK)) as program:
        tiny = ("--steps", "3", "--size", "8", "--batch", "8", "--threads", "1", "-o", "width=8", "-o", "latent_dim=4")
        done = program("train", "vanilla-mlp", *tiny, "--out", "run", "-q")
        assert done.code == 0, done.err
        yield program
        assert "hf_" not in program.said
        for path in place.rglob("*"):
            for secret in (ALICE, READER, BOB):
                assert path.is_dir() or secret.encode() not in path.read_bytes(), path


@pytest.fixture(scope="module")
def files(program, served, place):
    """The files of a published model."""
    assert program("publish", "run", "alice/gan", token=ALICE).code == 0
    done = program("download", "alice/gan", "--out", "files", "-q")
    assert done.code == 0, done.err
    return {path.name: path.read_bytes() for path in (place / "files").iterdir()}


@pytest.fixture
def server(served, place, files):
    """A Hub that holds alice/gan and nothing else, a program that has cached nothing; afterwards no half of a file."""
    served.control(forget=True)
    served.repository("alice/gan", files)
    shutil.rmtree(place / "home", ignore_errors=True)
    yield served
    assert served.control()["leaks"] == 0
    assert list((place / "tmp").iterdir()) == []
    assert not list(place.rglob("*.incomplete"))


def refused(done, code, *parts):
    """It ended with one line that holds these parts."""
    lines = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert (done.code, len(lines)) == (code, 1), done.err
    assert "Traceback" not in done.err
    for part in parts:
        assert re.search(part, lines[0]), lines[0]


@pytest.mark.parametrize(
    ("kind", "where", "value", "code", "line"),
    [
        ("status", INFO, 401, 4, "to look up alice/gan: .*HF_TOKEN.*hf auth login"),
        ("status", INFO, 403, 4, "to look up alice/gan: you may not read alice/gan .*hf auth login"),
        ("status", INFO, 404, 4, "the Hub answered 404"),
        ("status", INFO, [429, 7], 4, "too many requests; wait 7 s"),
        ("status", INFO, 500, 4, "the Hub answered 500.*try again later"),
        ("page", INFO, None, 4, r"does not answer as a Hub does .*HF_ENDPOINT"),
        ("loop", INFO, None, 4, "without end; is HF_ENDPOINT right"),
        ("lost", INFO, None, 4, "cannot reach http://127"),
        ("truncate", INFO, None, 4, "cannot reach http://127"),
        ("size", INFO, 10**13, 2, "has 10,000,000,000,000 bytes, at most"),
        ("without", HEAD, "X-Repo-Commit", 4, "does not answer as a Hub does"),
        ("page", "resolve/.*/config.json", None, 4, "does not answer as a Hub does"),
        ("status", HEAD, 401, 4, "hf auth login"),
        ("corrupt", BLOB, None, 2, r"generator.safetensors has the sha256 .*taken out of the cache"),
        ("page", BLOB, None, 4, "the connection was cut before the file was whole|not answer"),
        ("bomb", BLOB, 1, 4, "the connection was cut before the file was whole|not answer"),
    ],
)
def test_a_download_that_fails(program, server, place, kind, where, value, code, line):
    server.fault(kind, where, value)
    refused(program("download", "alice/gan", "--out", "none"), code, line)
    assert not (place / "none").exists()
    server.control(mend=True)
    assert program("download", "alice/gan", "-q").code == 0  # and the next one is whole


def test_a_connection_that_is_cut_is_taken_up_again(program, server):
    server.fault("truncate", BLOB, times=1)
    assert program("download", "alice/gan", "-q").code == 0


def test_names_that_are_not_there_or_not_for_everybody(program, server, files):
    server.repository("bob/secret", files, private=True)
    server.repository("bob/asked", files, gated=True)
    missing = "there is no such repository, or it is private and you are not logged in"
    refused(program("download", "alice/none"), 4, missing)
    refused(program("download", "bob/secret"), 4, missing)
    refused(program("download", "bob/secret", token=ALICE), 4, missing)
    assert program("download", "bob/secret", "-q", token=BOB).code == 0
    refused(program("download", "bob/asked"), 4, "gives access on request")
    refused(program("download", "alice/gan@v9"), 4, "to look up alice/gan@v9: it has no revision 'v9'")
    refused(program("download", "alice/gan@0123456"), 4, "it has no revision '0123456'")
    refused(program("download", "alice/gan", token="hf_nobodyKnowsThisOne"), 4, "the token is not valid")


def test_hostile_names_are_never_asked_for(program, server, files, place):
    names = ["../../evil", "/etc/evil", "C:\\evil", "..\\evil", "a" * 300, "CON", ".git/config", "evil.py"]
    server.repository("alice/gan", {**files, **dict.fromkeys(names, b"evil")})
    assert program("download", "alice/gan", "-q").code == 0
    asked = [line for line in server.seen if line.startswith(("GET blobs/", "GET hub/alice/gan/resolve"))]
    assert {line.split("/")[-1] for line in asked} == files.keys()
    assert not list(place.rglob("*evil*"))


def test_what_is_no_model_is_said_so(program, server, files):
    server.repository("alice/pickled", {"pytorch_model.bin": b"\x80\x04.", "config.json": b"{}"})
    refused(program("download", "alice/pickled"), 2, "pytorch_model.bin is a pickle, which ganzoo never loads")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    for name, content in {"generator.safetensors": pointer, "config.json": b"<html>", "manifest.json": b"["}.items():
        server.repository("alice/odd", {**files, name: content})
        refused(program("download", "alice/odd"), 2, name)


@pytest.mark.parametrize(
    ("kind", "where", "value", "code", "line"),
    [
        ("status", "POST hub/api/repos/create", 401, 4, "hf auth login"),
        ("status", "POST hub/api/repos/create", 403, 4, "your token may not write to alice/new"),
        ("status", "POST hub/api/repos/create", 500, 4, "the Hub answered 500"),
        ("page", "POST hub/api/validate-yaml", None, 4, "does not answer as a Hub does"),
        ("status", "POST hub/api/models/alice/new/preupload", 403, 4, "may not write"),
        ("status", "PUT blobs", 403, 4, "may not write|403"),
        ("status", COMMIT, 412, 4, "it has changed while this was on its way; nothing was written, try again"),
        ("status", COMMIT, [429, 60], 4, "too many requests; wait 60 s"),
        ("status", COMMIT, 500, 4, "the Hub answered 500"),
        ("page", COMMIT, None, 4, "does not answer as a Hub does"),
    ],
)
def test_a_publication_that_fails(program, server, kind, where, value, code, line):
    server.fault(kind, where, value)
    refused(program("publish", "run", "alice/new", token=ALICE), code, "failed to publish alice/new: ", line)
    server.control(mend=True)
    assert not [line for line in server.seen if line.startswith("POST hub/api/models/alice/new/tag")]
    done = program("publish", "run", "alice/new", "-q", "--tag", "v1", token=ALICE)  # and the next one arrives
    assert done.code == 0, done.err
    assert done.out == f"alice/new@{server.control()['heads']['alice/new']}\n"


def test_who_may_not_publish(program, server):
    refused(program("publish", "run", "alice/new"), 4, "HF_TOKEN.*hf auth login")
    refused(program("publish", "run", "alice/new", token="hf_nobodyKnowsThisOne"), 4, "the token is not valid")
    refused(program("publish", "run", "alice/new", token=READER), 4, "may not write to alice/new")
    refused(program("publish", "run", "alice/gan", token=BOB), 4, "may not write to alice/gan")
    assert list(server.control()["heads"]) == ["alice/gan"]


def test_a_tag_that_exists_stops_a_publication_before_it_begins(program, server):
    assert program("publish", "run", "alice/new", "--tag", "v1", "-q", token=ALICE).code == 0
    head = server.control()["heads"]["alice/new"]
    refused(program("publish", "run", "alice/new", "--tag", "v1", token=ALICE), 2, "has a tag v1 already")
    assert server.control()["heads"]["alice/new"] == head


def test_what_arrives_otherwise_than_it_was_sent_is_told(program, server):
    server.fault("size", "paths-info", 7)
    refused(program("publish", "run", "alice/new", token=ALICE), 4, "did not arrive as it was sent")


def test_what_changes_before_it_is_sent_does_not_arrive(program, server, place):
    script = """
import sys
from ganzoo.errors import NetworkError
from ganzoo.hub import publish
describe = publish.described
def damaging(ready, license):
    weights = ready.folder / "generator.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    return describe(ready, license)
publish.described = damaging
try:
    publish.publish("run", "alice/new", tell=print)
except NetworkError as error:
    print(error)
"""
    environment = server.surroundings(place / "home", ALICE, TMPDIR=str(place / "tmp"), **QUICK)
    done = subprocess.run([sys.executable, "-c", script], cwd=place, env=environment, capture_output=True, text=True)
    assert "failed to publish alice/new: " in done.stdout, done.stderr
    assert "does not match what was computed" in done.stdout
    assert not [line for line in server.seen if re.match(COMMIT, line)]


def test_an_answer_that_is_lost_after_the_commit_is_found_by_trying_again(program, server):
    server.fault("lost", COMMIT)
    refused(program("publish", "run", "alice/new", token=ALICE), 4, "cannot reach")
    server.control(mend=True)
    head = server.control()["heads"]["alice/new"]
    done = program("publish", "run", "alice/new", token=ALICE)
    assert done.code == 0, done.err
    assert "alice/new has these files already; nothing was sent" in done.err
    assert server.control()["heads"]["alice/new"] == head


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "where", "value", "line"),
    [
        ("slow", BLOB, 2, "cannot reach|the connection was cut"),
        ("truncate", BLOB, None, "the connection was cut|cannot reach"),
    ],
)
def test_what_the_client_tries_again_for_a_while(program, server, kind, where, value, line):
    server.fault(kind, where, value)
    refused(program("download", "alice/gan"), 4, line)
