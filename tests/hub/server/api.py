"""The Hub's own host: accounts, repositories, commits, and the metadata of files."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import yaml  # one of the client's own dependencies

from tests.hub.server.answers import Refused, Request, Response, as_json
from tests.hub.server.repositories import TOKENS, Commit, File, Repositories, Repository
from tests.hub.server.xet import TOKEN

__all__ = ["Api"]

ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = []
MODEL = "/api/models/(?P<name>[^/]+/[^/]+)"


def route(method: str, pattern: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """The function answers requests of this form; the groups of the pattern, unquoted, are its arguments."""

    def remember(function: Callable[..., Response]) -> Callable[..., Response]:
        ROUTES.append((method, re.compile(pattern), function))
        return function

    return remember


class Api:
    """What the Hub answers. large, chunks: the URLs of the hosts for large files, whole and in chunks."""

    def __init__(self, kept: Repositories, large: str, chunks: str) -> None:
        self.kept, self.large, self.chunks = kept, large, chunks

    def answer(self, request: Request) -> Response:
        """Find who asks and what for. Raises Refused."""
        method = "GET" if request.method == "HEAD" else request.method
        for wanted, pattern, function in ROUTES:
            found = pattern.fullmatch(request.path)
            if wanted == method and found:
                words = {key: unquote(value or "") for key, value in found.groupdict().items()}
                return function(self, request, **words)
        raise Refused(404, f"nothing here answers {request.label}")

    def user(self, request: Request) -> str | None:
        """Whose token the request carries, None without one."""
        sent = request.headers.get("Authorization")
        if sent is None:
            return None
        if sent.removeprefix("Bearer ") not in TOKENS:
            raise Refused(401, "Invalid credentials in Authorization header")
        return TOKENS[sent.removeprefix("Bearer ")][0]

    def writer(self, request: Request, name: str) -> str:
        """Who asks, if the token may write to that repository."""
        user = self.user(request)
        if user is None:
            raise Refused(401, "Invalid username or password.")
        if user != name.split("/")[0] or not TOKENS[request.headers["Authorization"].removeprefix("Bearer ")][1]:
            raise Refused(403, "You don't have the rights to create a model under the namespace " + name.split("/")[0])
        return user

    def written(self, request: Request, name: str) -> Repository:
        """A repository that the request may write to."""
        found = self.kept.open(name, self.user(request))
        self.writer(request, name)
        return found

    @route("GET", "/api/whoami-v2")
    def whoami(self, request: Request) -> Response:
        user = self.user(request)
        if user is None:
            raise Refused(401, "Invalid username or password.")
        role = {"displayName": "a test", "role": "write"}
        return as_json({"type": "user", "name": user, "fullname": user, "orgs": [], "auth": {"accessToken": role}})

    @route("POST", "/api/validate-yaml")
    def validate(self, request: Request) -> Response:
        found = re.match(r"---\r?\n(.*?)\r?\n---", request.json()["content"], re.DOTALL)
        if not found:
            return as_json({"errors": [], "warnings": [{"message": "empty or missing yaml metadata in repo card"}]})
        try:
            yaml.safe_load(found[1])
        except yaml.YAMLError as error:
            return as_json({"errors": [{"message": str(error)}], "warnings": []}, 400)
        return as_json({"errors": [], "warnings": []})

    @route("POST", "/api/repos/create")
    def create(self, request: Request) -> Response:
        asked = request.json()
        name = f"{asked.get('organization') or self.user(request)}/{asked['name']}"
        self.writer(request, name)
        url = {"url": request.url.replace("/api/repos/create", f"/{name}"), "name": name}
        if name in self.kept.known:
            raise Refused(409, "You already created this model repo", content=url)
        self.kept.create(name, private=bool(asked.get("private") or asked.get("visibility") == "private"))
        return as_json(url)

    @route("DELETE", "/api/repos/delete")
    def delete(self, request: Request) -> Response:
        asked = request.json()
        name = f"{asked.get('organization') or self.user(request)}/{asked['name']}"
        self.written(request, name)
        del self.kept.known[name]
        return as_json({})

    @route("GET", MODEL + "(/revision/(?P<revision>[^/]+))?")
    def info(self, request: Request, name: str, revision: str) -> Response:
        repository = self.kept.open(name, self.user(request))
        commit = repository.at(revision or "main")
        sizes = "blobs" in request.query
        siblings = [{"rfilename": p} | (sized(p, f, "blobId") if sizes else {}) for p, f in commit.files.items()]
        facts = {"private": repository.private, "gated": repository.gated, "disabled": False, "tags": []}
        times = {"lastModified": commit.date, "createdAt": repository.history[0].date, "downloads": 0, "likes": 0}
        about = {"id": name, "modelId": name, "author": name.split("/")[0], "sha": commit.oid}
        return as_json(about | facts | times | {"siblings": siblings})

    @route("GET", MODEL + "/tree/(?P<revision>[^/]+)(/(?P<path>.*))?")
    def tree(self, request: Request, name: str, revision: str, path: str) -> Response:
        commit = self.kept.open(name, self.user(request)).at(revision)
        entries = listing(commit, path.strip("/"), request.query.get("recursive") in (["true"], ["True"], ["1"]))
        first = int(request.query.get("cursor", ["0"])[0])
        last = first + self.kept.page
        answer = as_json(entries[first:last])
        if last < len(entries):
            query = {key: values[0] for key, values in request.query.items()} | {"cursor": last}
            answer.headers["Link"] = f'<{request.url}?{urlencode(query)}>; rel="next"'
        return answer

    @route("POST", MODEL + "/paths-info/(?P<revision>[^/]+)")
    def paths(self, request: Request, name: str, revision: str) -> Response:
        commit = self.kept.open(name, self.user(request)).at(revision)
        json_sent = "json" in request.headers.get("Content-Type", "")
        asked = request.json()["paths"] if json_sent else parse_qs(request.body.decode())["paths"]
        return as_json([entry(path, commit.files[path]) for path in asked if path in commit.files])

    @route("POST", MODEL + "/preupload/(?P<revision>[^/]+)")
    def preupload(self, request: Request, name: str, revision: str) -> Response:
        commit = self.written(request, name).at(revision)
        answers = []
        for asked in request.json()["files"]:
            path, sample = asked["path"], base64.b64decode(asked["sample"])
            large = path.endswith(".safetensors") or b"\0" in sample or asked["size"] > 10_000_000
            answer = {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
            known = commit.files.get(path)
            answers.append(answer | ({"oid": known.etag} if known and known.large == large else {}))
        return as_json({"files": answers})

    @route("POST", r"/(?P<name>[^/]+/[^/]+)\.git/info/lfs/objects/batch")
    def batch(self, request: Request, name: str) -> Response:
        self.written(request, name)
        asked = request.json()
        in_parts = self.kept.part_size is not None and "multipart" in asked["transfers"]
        objects = []
        for wanted in asked["objects"]:
            oid, size = wanted["oid"], wanted["size"]
            actions = {"upload": self.upload(oid, size, in_parts), "verify": {"href": f"{request.url}/verify"}}
            objects.append({"oid": oid, "size": size} | ({} if oid in self.kept.objects else {"actions": actions}))
        return as_json({"transfer": "multipart" if in_parts else "basic", "objects": objects})

    def upload(self, oid: str, size: int, in_parts: bool) -> dict[str, Any]:
        """Where a large file is to be sent, whole or in parts."""
        if not in_parts:
            return {"href": f"{self.large}/{oid}"}
        step = self.kept.part_size or size
        parts = {str(n + 1): f"{self.large}/{oid}/parts/{n + 1}" for n in range(-(-size // step))}
        return {"href": f"{self.large}/{oid}/complete", "header": {"chunk_size": str(step), **parts}}

    @route("POST", r"/(?P<name>[^/]+/[^/]+)\.git/info/lfs/objects/batch/verify")
    def verify(self, request: Request, name: str) -> Response:
        self.written(request, name)
        asked = request.json()
        if len(self.kept.objects.get(asked["oid"], b"")) != asked["size"]:
            raise Refused(404, "the object was not uploaded")
        return as_json({})

    @route("POST", MODEL + "/commit/(?P<revision>[^/]+)")
    def commit(self, request: Request, name: str, revision: str) -> Response:
        repository = self.written(request, name)
        if revision not in repository.branches:
            raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        head, files = repository.at(revision), dict(repository.at(revision).files)
        header: dict[str, str] = {}
        for line in request.body.splitlines():
            item = json.loads(line)
            key, value = item["key"], item["value"]
            if key == "header":
                header = value
            elif ".." in value["path"].split("/") or value["path"].startswith("/"):
                raise Refused(400, f"invalid path: {value['path']}")
            elif key == "file":
                files[value["path"]] = File(base64.b64decode(value["content"]), large=False)
            elif key == "lfsFile":
                if value["oid"] not in self.kept.objects:
                    raise Refused(400, f"LFS pointer pointed to a file that does not exist: {value['path']}")
                files[value["path"]] = File(self.kept.objects[value["oid"]], large=True)
            elif key == "deletedFile":
                files.pop(value["path"], None)
            elif key == "deletedFolder":
                files = {path: file for path, file in files.items() if not path.startswith(value["path"] + "/")}
        if header.get("parentCommit") not in (None, head.oid):
            raise Refused(412, "A commit has happened since. Please refresh and try again.")
        made = repository.commit(files, header["summary"], header.get("description", ""), revision)
        url = f"{request.url.split('/api/')[0]}/{name}/commit/{made.oid}"
        return as_json({"success": True, "commitOid": made.oid, "commitUrl": url, "pullRequestUrl": None})

    @route("GET", "/(?P<name>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
    def resolve(self, request: Request, name: str, revision: str, path: str) -> Response:
        user = self.user(request)
        repository = self.kept.open(name, user)
        if repository.gated and user != name.split("/")[0]:
            raise Refused(403 if user else 401, f"Access to model {name} is restricted.", "GatedRepo")
        commit = repository.at(revision)
        file = commit.files.get(path)
        if file is None:
            raise Refused(404, "Entry not found", "EntryNotFound", X_Repo_Commit=commit.oid)
        if not file.large:
            return Response(200, file.content, {"X-Repo-Commit": commit.oid, "ETag": f'"{file.oid}"'})
        linked = {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(len(file.content))}
        self.kept.objects[file.sha256] = file.content
        if file.sha256 in self.kept.xet:
            token = f"{request.url.split(f'/{name}/resolve')[0]}/api/models/{name}/xet-read-token/{commit.oid}"
            linked |= {"X-Xet-Hash": self.kept.xet[file.sha256], "Link": f'<{token}>; rel="xet-auth"'}
        location = f"{self.large}/{file.sha256}/{path.split('/')[-1]}"
        return Response(302, b"", {"Location": location, "X-Repo-Commit": commit.oid, **linked})

    @route("GET", MODEL + "/xet-(?P<kind>read|write)-token/(?P<revision>[^/]+)")
    def token(self, request: Request, name: str, kind: str, revision: str) -> Response:
        (self.written(request, name) if kind == "write" else self.kept.open(name, self.user(request))).at(revision)
        until = int(time.time()) + 3600
        content = {"accessToken": TOKEN, "exp": until, "casUrl": self.chunks}
        headers = {"X-Xet-Cas-Url": self.chunks, "X-Xet-Access-Token": TOKEN, "X-Xet-Token-Expiration": str(until)}
        answer = as_json(content)
        answer.headers |= headers
        return answer

    @route("GET", MODEL + "/refs")
    def refs(self, request: Request, name: str) -> Response:
        repository = self.kept.open(name, self.user(request))
        kinds = {"branches": ("heads", repository.branches), "tags": ("tags", repository.tags)}
        named = {
            kind: [{"name": key, "ref": f"refs/{place}/{key}", "targetCommit": oid} for key, oid in known.items()]
            for kind, (place, known) in kinds.items()
        }
        return as_json({"converts": [], "pullRequests": [], **named})

    @route("GET", MODEL + "/commits/(?P<revision>[^/]+)")
    def commits(self, request: Request, name: str, revision: str) -> Response:
        repository = self.kept.open(name, self.user(request))
        until = repository.history.index(repository.at(revision))
        authors = [{"user": name.split("/")[0]}]
        past = reversed(repository.history[: until + 1])
        return as_json(
            [{"id": c.oid, "title": c.title, "message": c.message, "date": c.date, "authors": authors} for c in past]
        )

    @route("POST", MODEL + "/tag/(?P<revision>[^/]+)")
    def tag(self, request: Request, name: str, revision: str) -> Response:
        repository = self.written(request, name)
        oid, tag = repository.at(revision).oid, request.json()["tag"]
        if tag in repository.tags:
            raise Refused(409, "Tag reference exists already")
        repository.tags[tag] = oid
        return as_json({})

    @route("DELETE", MODEL + "/tag/(?P<tag>[^/]+)")
    def untag(self, request: Request, name: str, tag: str) -> Response:
        if self.written(request, name).tags.pop(tag, None) is None:
            raise Refused(404, f"Invalid rev id: {tag}", "RevisionNotFound")
        return as_json({})

    @route("POST", MODEL + "/branch/(?P<branch>[^/]+)")
    def branch(self, request: Request, name: str, branch: str) -> Response:
        repository = self.written(request, name)
        if branch in repository.branches:
            raise Refused(409, "Reference already exists")
        start = request.json().get("startingPoint", "main") if request.body else "main"
        repository.branches[branch] = repository.at(start).oid
        return as_json({})

    @route("DELETE", MODEL + "/branch/(?P<branch>[^/]+)")
    def unbranch(self, request: Request, name: str, branch: str) -> Response:
        repository = self.written(request, name)
        if branch == "main":
            raise Refused(403, "Branch main cannot be deleted")
        if repository.branches.pop(branch, None) is None:
            raise Refused(404, f"Invalid rev id: {branch}", "RevisionNotFound")
        return as_json({})


def sized(path: str, file: File, oid: str = "oid") -> dict[str, Any]:
    """Size and addresses of a file, as listings have them."""
    facts: dict[str, Any] = {oid: file.oid, "size": len(file.content)}
    if file.large:
        names = ("sha256",) if oid == "blobId" else ("oid",)
        lfs = dict.fromkeys(names, file.sha256)
        facts["lfs"] = lfs | {"size": len(file.content), "pointerSize": len(file.pointer)}
    return facts


def entry(path: str, file: File) -> dict[str, Any]:
    """A file in a listing."""
    return {"type": "file", "path": path, **sized(path, file)}


def listing(commit: Commit, folder: str, recursive: bool) -> list[dict[str, Any]]:
    """The files and folders under a folder, those right in it unless recursive."""
    prefix = folder + "/" if folder else ""
    entries: dict[str, dict[str, Any]] = {}
    for path, file in sorted(commit.files.items()):
        if not path.startswith(prefix):
            continue
        steps = path.removeprefix(prefix).split("/")
        for depth in range(1, len(steps) if recursive else min(len(steps), 2)):
            place = prefix + "/".join(steps[:depth])
            tree = sha256(place.encode()).hexdigest()[:40]
            entries[place] = {"type": "directory", "path": place, "oid": tree, "size": 0}
        if recursive or len(steps) == 1:
            entries[path] = entry(path, file)
    if folder and not entries:
        raise Refused(404, f"{folder} does not exist", "EntryNotFound")
    return list(entries.values())
