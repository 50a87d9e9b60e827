"""Hugging Face's Hub for tests: folders of the disk as repositories, at the endpoints that its own client asks.

Small files come from it, large ones after a redirect from a storage on another port, which must never see a token. What happens to requests
for large files is a list of faults, as in ``scripted``.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .scripted import Handler, Scripted, Seen

LARGE = (".safetensors", ".bin", ".gguf")
PAGE = 7
"""Files in one page of a listing: few, so that there are several."""

_REVISION = re.compile(r"/api/models/([^/]+/[^/]+)/revision/(.+)")
_TREE = re.compile(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)")
_RESOLVE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)")


@dataclass
class Repository:
    """``revisions``: commits by what else they are called. ``terms``: the tokens of those who accepted them, if there are any. ``announced``:
    what listings say instead of the content that there is.
    """

    files: dict[str, bytes]
    commit: str
    revisions: dict[str, str] = field(default_factory=dict)
    terms: set[str] | None = None
    private: bool = False
    announced: dict[str, bytes] = field(default_factory=dict)


class ScriptedHub(Scripted):
    """The Hub and its storage. ``accepted`` are the tokens that it knows."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.renamed: dict[str, str] = {}
        self.accepted: set[str] = set()
        self.redirects = True
        super().__init__()

    def publish(self, name: str, folder: Path, **facts: Any) -> Repository:
        """A folder as a repository. Its commit depends on what is in it."""
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        commit = hashlib.sha1(repr([(path, hashlib.sha256(data).digest()) for path, data in files.items()]).encode()).hexdigest()
        self.repositories[name] = repository = Repository(files, commit, {"main": commit}, **facts)
        for path, data in files.items():
            if path.endswith(LARGE):
                self.blobs[hashlib.sha256(data).hexdigest()] = data
        return repository

    def size(self, name: str) -> int:
        """Bytes of the large files of a repository."""
        return sum(len(data) for path, data in self.repositories[name].files.items() if path.endswith(LARGE))

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def asked_for(self, path: str) -> list[Seen]:
        """The requests to the Hub itself for such paths."""
        return [one for one in self.asked("GET", path) if one.place == "registry"]


class HubHandler(Handler):
    """One request."""

    def do_GET(self) -> None:  # noqa: N802 (its name)
        script = self.script
        if self.path.startswith("http://") or self.server.place == "storage" or self.path.startswith("/v2/"):
            return super().do_GET()
        path = unquote(urlsplit(self.path).path)
        seen = Seen(self.server.place, self.command, self.path, {key.lower(): value for key, value in self.headers.items()})
        with script.lock:
            script.seen.append(seen)
        for pattern, answer in ((_REVISION, self._revision), (_TREE, self._tree), (_RESOLVE, self._resolve)):
            if found := pattern.fullmatch(path):
                name, *rest = found.groups()
                if name in script.renamed:
                    return self._answer(307, b"", {"Location": self.path.replace(name, script.renamed[name])})
                if (repository := self._allowed(name, seen, content=pattern is _RESOLVE)) is not None:
                    answer(name, repository, seen, *rest)
                return None
        return self._refuse(404, "", "not found")

    do_HEAD = do_GET  # noqa: N815 (its name)

    @property
    def script(self) -> ScriptedHub:
        script = self.server.script
        assert isinstance(script, ScriptedHub)
        return script

    def _manifest(self, place: tuple[str, str], length: int) -> None:
        if place not in self.script.manifests:
            return self._answer(400, b'{"error":"Repository is not GGUF or is not compatible with llama.cpp"}')
        return super()._manifest(place, length)

    def _allowed(self, name: str, seen: Seen, *, content: bool) -> Repository | None:
        """The repository, if whoever asks may see it, or its files."""
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if token and token not in self.script.accepted:
            return self._refuse(401, "", "Invalid credentials in Authorization header")
        repository = self.script.repositories.get(name)
        if repository is None or (repository.private and not token):
            return self._refuse(404 if token else 401, "RepoNotFound" if token else "", "Repository not found" if token else "Invalid username or password.")
        if content and repository.terms is not None and token not in repository.terms:
            return self._refuse(403 if token else 401, "GatedRepo", f"Access to model {name} is restricted.")
        return repository

    def _revision(self, name: str, repository: Repository, seen: Seen, revision: str) -> None:
        commit = repository.revisions.get(revision, revision)
        if commit != repository.commit:
            return self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        siblings = [{"rfilename": path} for path in repository.files]
        return self._json({"_id": "1", "id": name, "sha": commit, "gated": bool(repository.terms), "siblings": siblings})

    def _tree(self, name: str, repository: Repository, seen: Seen, commit: str) -> None:
        query = parse_qs(urlsplit(self.path).query)
        first = int(query.get("cursor", ["0"])[0])
        entries = [_entry(path, repository.announced.get(path, data)) for path, data in repository.files.items()]
        more = first + PAGE < len(entries)
        following = f'<{self.script.url}/api/models/{name}/tree/{commit}?recursive=true&cursor={first + PAGE}>; rel="next"'
        return self._answer(200, json.dumps(entries[first : first + PAGE]).encode(), {"Link": following} if more else {})

    def _resolve(self, name: str, repository: Repository, seen: Seen, commit: str, path: str) -> None:
        commit = repository.revisions.get(commit, commit)
        data = repository.files.get(path) if commit == repository.commit else None
        if data is None:
            return self._refuse(404, "EntryNotFound", "Entry not found")
        entry = _entry(path, data)
        headers = {"X-Repo-Commit": repository.commit, "ETag": f'"{entry["lfs"]["oid"] if "lfs" in entry else entry["oid"]}"'}
        if "lfs" in entry and self.script.redirects:
            sha256 = entry["lfs"]["oid"]
            linked = {"X-Linked-Size": str(len(data)), "X-Linked-Etag": f'"{sha256}"', "Location": f"http://{self.script.storage}/{sha256}?signed=1"}
            return self._answer(302, b"", headers | linked)
        return self._send(data, self.script.faults if "lfs" in entry else [], headers, seen)

    def _refuse(self, status: int, code: str, message: str) -> None:
        headers = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
        self._answer(status, json.dumps({"error": message}).encode(), headers)


ScriptedHub.handler = HubHandler


def _entry(path: str, data: bytes) -> dict[str, Any]:
    """A file as the listing has it."""
    entry = {"type": "file", "oid": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(), "size": len(data), "path": path}
    if path.endswith(LARGE):
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return entry


@contextmanager
def running_hub() -> Iterator[ScriptedHub]:
    """A Hub; in the end nothing must have happened that may never happen."""
    with ScriptedHub().running() as hub:
        assert isinstance(hub, ScriptedHub)
        yield hub
        assert [] == hub.problems


def main() -> None:
    """A quick Hub as a process of its own: ``python -m tests.registry.hub NAME FOLDER`` serves until its standard input ends."""
    with running_hub() as hub:
        hub.slice_bytes = 1 << 20
        hub.publish(sys.argv[1], Path(sys.argv[2]))
        sys.stdout.write(f"{hub.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
