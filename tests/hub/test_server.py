"""The server answers the real client as a Hub does, in what the client asks for and in what goes wrong."""

import json
import subprocess
import sys
from textwrap import dedent

import pytest

from tests.hub.server.running import ALICE, BOB, READER, ROOT, serving

BEGIN = """
import json, os
from pathlib import Path
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from tests.hub.server.running import Server
api, home, server = HfApi(), Path(os.environ["HF_HOME"]), Server(os.environ["HF_ENDPOINT"], "")
folder = home / "folder"
folder.mkdir(parents=True, exist_ok=True)
(folder / "generator.safetensors").write_bytes(bytes(range(256)) * 40)
(folder / "config.json").write_text("{}")
(folder / "README.md").write_text("---\\nlicense: mit\\n---\\nA GAN.")
(folder / "samples.png").write_bytes(b"\\x89PNG\\0" * 900)
def tell(**found):
    print(json.dumps(found))
def failure(call, *args, **kwargs):
    try:
        return "none: " + str(call(*args, **kwargs))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


@pytest.fixture(scope="module")
def running():
    with serving() as server:
        yield server


@pytest.fixture
def server(running):
    running.control(forget=True)
    yield running
    assert running.control()["leaks"] == 0


@pytest.fixture
def client(server, tmp_path):
    """Runs lines of Python with the real client, and gives what they tell."""

    def run(lines, token=ALICE, **surroundings):
        command = [sys.executable, "-c", BEGIN + dedent(lines)]
        known = server.surroundings(tmp_path / "home", token, **surroundings)
        done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_what_is_published_comes_back_by_commit_branch_and_tag(client, server):
    found = client("""
        url = api.create_repo("alice/gan", exist_ok=True)
        start = api.repo_info("alice/gan").sha
        made = api.upload_folder(repo_id="alice/gan", folder_path=folder, parent_commit=start)
        api.create_tag("alice/gan", tag="v1", revision=made.oid)
        again = api.create_repo("alice/gan", exist_ok=True)
        same = api.upload_folder(repo_id="alice/gan", folder_path=folder, parent_commit=made.oid)
        (folder / "config.json").write_text("[]")
        new = api.upload_folder(repo_id="alice/gan", folder_path=folder, parent_commit=made.oid)
        def contents(**asked):
            place = Path(snapshot_download("alice/gan", **asked))
            return {path.name: path.read_bytes().hex() for path in sorted(place.iterdir())}
        sent = {path.name: path.read_bytes().hex() for path in folder.iterdir()} | {"config.json": b"{}".hex()}
        got = contents(revision=made.oid)
        attributes = got.pop(".gitattributes")
        facts = {f.path: [f.size, f.lfs and f.lfs.sha256] for f in api.get_paths_info("alice/gan", list(sent))}
        tell(url=url, again=again, start=start, made=made.oid, same=same.oid, new=new.oid, equal=got == sent,
             by_tag=contents(revision="v1")["config.json"], by_branch=contents()["config.json"],
             resolved=api.repo_info("alice/gan", revision="v1").sha, facts=facts,
             tags=[tag.name for tag in api.list_repo_refs("alice/gan").tags],
             titles=[commit.title for commit in api.list_repo_commits("alice/gan")],
             siblings=[file.rfilename for file in api.model_info("alice/gan", files_metadata=True).siblings],
             exists=api.file_exists("alice/gan", "config.json"), user=api.whoami()["name"])
    """)
    assert found["url"] == found["again"] == f"{server.endpoint}/alice/gan"
    assert found["start"] != found["made"] == found["same"] != found["new"]
    assert found["equal"]
    assert bytes.fromhex(found["by_tag"]) == b"{}"
    assert bytes.fromhex(found["by_branch"]) == b"[]"
    assert found["resolved"] == found["made"]
    assert found["tags"] == ["v1"]
    assert len(found["titles"]) == 3
    assert set(found["siblings"]) == {
        ".gitattributes",
        "README.md",
        "config.json",
        "generator.safetensors",
        "samples.png",
    }
    assert found["facts"]["config.json"] == [2, None]
    size, sha256 = found["facts"]["generator.safetensors"]
    assert size == 10240
    assert len(sha256) == 64
    assert found["exists"]
    assert found["user"] == "alice"
    assert f"PUT blobs/{sha256}" in server.seen
    assert f"GET blobs/{sha256}/generator.safetensors" in server.seen


def test_uploads_in_parts_and_listings_in_pages(client, server):
    server.control(part_size=4096, page=2)
    found = client("""
        api.create_repo("alice/gan")
        api.upload_folder(repo_id="alice/gan", folder_path=folder)
        place = Path(snapshot_download("alice/gan"))
        same = (place / "generator.safetensors").read_bytes() == (folder / "generator.safetensors").read_bytes()
        tell(same=same, count=len(list(place.iterdir())))
    """)
    assert found == {"same": True, "count": 5}
    assert sum(line.startswith("PUT blobs/") and "/parts/" in line for line in server.seen) == 3 + 2
    assert len([line for line in server.seen if "/tree/" in line]) == 3


def test_large_files_travel_in_chunks_where_the_client_may(client, server):
    found = client(
        """
        import random
        random.seed(0)
        plain, numbers = random.randbytes(300_000), b"".join(bytes([n % 7, n % 3, 0, 64]) for n in range(60_000))
        sent = {"plain.safetensors": plain, "numbers.safetensors": numbers, "zeros.safetensors": bytes(200_000)}
        for name, content in sent.items():
            (folder / name).write_bytes(content)
        api.create_repo("alice/gan")
        api.upload_folder(repo_id="alice/gan", folder_path=folder)
        place = Path(snapshot_download("alice/gan"))
        again = api.upload_folder(repo_id="alice/gan", folder_path=folder).oid == api.repo_info("alice/gan").sha
        tell(same={name: (place / name).read_bytes() == content for name, content in sent.items()}, again=again)
        """,
        HF_HUB_DISABLE_XET="0",
    )
    assert found == {"same": dict.fromkeys(found["same"], True), "again": True}
    kinds = {line.split("/v1/")[1].split("/")[0] for line in server.seen if " xet/v1/" in line}
    assert kinds >= {"xorbs", "shards", "reconstructions"}
    assert not [line for line in server.seen if line.startswith("PUT blobs/")]


def test_what_a_hub_refuses(client, server):
    server.repository("bob/secret", {"config.json": b"{}"}, private=True)
    server.repository("bob/asked", {"config.json": b"{}"}, gated=True)
    server.repository("bob/open", {"config.json": b"{}"})
    lines = """
        api.create_repo("alice/gan", exist_ok=True)
        start = api.repo_info("alice/gan").sha
        api.upload_folder(repo_id="alice/gan", folder_path=folder, parent_commit=start)
        api.create_tag("alice/gan", tag="v1")
        (folder / "config.json").write_text("[]")
        tell(exists=failure(api.create_repo, "alice/gan"),
             parent=failure(api.upload_folder, repo_id="alice/gan", folder_path=folder, parent_commit=start),
             tag=failure(api.create_tag, "alice/gan", tag="v1"),
             others=failure(api.create_repo, "bob/new"),
             write=failure(api.upload_folder, repo_id="bob/open", folder_path=folder),
             private=failure(snapshot_download, "bob/secret"),
             missing=failure(snapshot_download, "alice/none"),
             gated=failure(hf_hub_download, "bob/asked", "config.json"),
             revision=failure(snapshot_download, "bob/open", revision="v9"),
             file=failure(hf_hub_download, "bob/open", "none.txt"))
    """
    found = client(lines)
    expected = {
        "exists": "HfHubHTTPError: Client error '409",
        "parent": "HfHubHTTPError: Client error '412",
        "tag": "HfHubHTTPError: Client error '409",
        "others": "HfHubHTTPError: (Request ID: ",
        "write": "HfHubHTTPError: (Request ID: ",
        "private": "RepositoryNotFoundError: 404",
        "missing": "RepositoryNotFoundError: 404",
        "gated": "GatedRepoError: 403",
        "revision": "RevisionNotFoundError: 404",
        "file": "RemoteEntryNotFoundError: 404",
    }
    assert {key: text[: len(expected[key])] for key, text in found.items()} == expected
    assert "403 Forbidden" in found["others"]
    assert "403 Forbidden" in found["write"]
    create = "tell(create=failure(api.create_repo, 'alice/gan'), info=failure(api.repo_info, 'alice/none'))"
    for token in (None, "hf_nobody"):
        found = client(create, token)
        assert "401" in found["create"]
        assert found["info"].startswith("RepositoryNotFoundError" if token is None else "HfHubHTTPError")
    assert "403" in client(create, READER)["create"]
    assert client("tell(secret=os.listdir(snapshot_download('bob/secret')))", BOB)["secret"] == ["config.json"]


def test_faults(client, server):
    server.repository("bob/open", {"config.json": b"{}", "generator.safetensors": bytes(1000)})
    found = client(
        """
        get, head = r"GET blobs/.*safetensors", "HEAD hub/bob/open/resolve"
        told, sums = {}, []
        def download():
            got = failure(hf_hub_download, "bob/open", "generator.safetensors", cache_dir=home / str(len(told)))
            place = Path(got.removeprefix("none: "))
            sums.append(sum(place.read_bytes()) if place.is_file() else None)
            return got
        for name, kind, where, value, times in [
            ("nothing", "slow", "nowhere", 0, None),
            ("corrupt", "corrupt", get, None, None),
            ("truncate once", "truncate", get, None, 1),
            ("bomb", "bomb", get, 1, None),
            ("page", "page", get, None, None),
            ("no commit", "without", head, "X-Repo-Commit", None),
            ("loop", "loop", head, None, None),
            ("500 once", "status", head, 500, 1),
            ("401", "status", head, 401, None),
            ("slow once", "slow", head, 1.5, 1),
            ("429 once", "status", get, [429, 1], 1),
        ]:
            server.control(mend=True)
            server.fault(kind, where, value, times)
            told[name] = download()
        tell(told=told, sums=sums)
        """,
        HF_HUB_ETAG_TIMEOUT="1",
    )
    expected = {
        "nothing": "none: ",
        "corrupt": "none: ",  # the client does not look
        "truncate once": "none: ",  # it asks for the rest
        "bomb": "OSError: Consistency check failed",
        "page": "OSError: Consistency check failed",
        "no commit": "LocalEntryNotFoundError",
        "loop": "TooManyRedirects",
        "500 once": "none: ",
        "401": "HfHubHTTPError",
        "slow once": "none: ",
        "429 once": "none: ",
    }
    told = found["told"]
    if told["loop"].startswith("LocalEntryNotFoundError"):  # huggingface-hub before 1.33
        told["loop"] = "TooManyRedirects"
    assert {key: text[: len(expected[key])] for key, text in told.items()} == expected
    assert found["sums"] == [0, 1, 0] + [None] * 4 + [0, None, 0, 0]


def test_an_answer_that_is_lost_and_sizes_that_lie(client, server):
    server.repository("bob/open", {"../../evil": b"!", "generator.safetensors": bytes(1000)})
    server.fault("size", "tree", 10**12)
    found = client("""
        api.create_repo("alice/gan")
        tell(sizes=[file.size for file in api.list_repo_tree("bob/open", recursive=True) if hasattr(file, "size")],
             evil=failure(snapshot_download, "bob/open"))
    """)
    assert found["sizes"] == [10**12] * 2
    assert found["evil"].startswith("ValueError")
    before = server.control()["heads"]["alice/gan"]
    server.fault("lost", "POST hub/api/models/alice/gan/commit")
    found = client('tell(lost=failure(api.upload_folder, repo_id="alice/gan", folder_path=folder))')
    assert found["lost"].startswith("RemoteProtocolError")
    assert server.control()["heads"]["alice/gan"] != before
