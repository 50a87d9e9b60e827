"""A registry for tests that does what a test says, above all what real ones do only on bad days.

It speaks http on loopback, one thread a connection. Blobs come from it or, after a redirect, from a second host (another port), which must
never see a token. What happens to requests for blobs is a list of faults, used up one by one; afterwards it behaves.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jupyter_ollama.manifest import MANIFEST_TYPE

from . import ed25519
from .answering import SLICE, Fault, Seen
from .uploading import Upload, Uploading

__all__ = ["Fault", "Handler", "Scripted", "Seen"]

NO_BODY = base64.b64encode(hashlib.sha256(b"").hexdigest().encode()).decode()
_BLOB = re.compile(r"/v2/([^/]+/[^/]+)/blobs/(sha256:[0-9a-f]{64})")
_MANIFEST = re.compile(r"/v2/([^/]+/[^/]+)/manifests/([^/]+)")
_UPLOADS = re.compile(r"/v2/([^/]+/[^/]+)/blobs/uploads/([0-9a-f]*)")
_TAGS = re.compile(r"/v2/([^/]+/[^/]+)/tags/list")


class Scripted:
    """The registry and its storage.

    Args:
        redirect: how a request for a blob is answered: 200 from here; 301, 302, 303, 307 or 308 to the storage; ``relative`` to a path here.
        token: whether requests need the token that the signed flow gives.
        basic: the name and password that requests need instead.
        stall_s: how long a stall lasts at most.
        slice_bytes: how much of a body goes out at once; larger ones are for measuring.
        tls: the registry, not its storage, speaks https with it.
    """

    handler: type[Handler] | None = None
    """Another one than that of this file."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.manifests: dict[tuple[str, str], bytes] = {}
        self.blobs: dict[str, bytes] = {}
        self.blobs_of: dict[str, set[str]] = {}
        self.uploads: dict[str, Upload] = {}
        self.faults: list[Fault] = []
        self.manifest_faults: list[Fault] = []
        self.upload_faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.redirect: int | str = 200
        self.redirect_uploads = False
        self.takes_parts = True
        self.token = False
        self.basic = ""
        self.realm = ""
        self.catalogue = True
        self.announced: Callable[[bytes], str] = lambda body: f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.scope: Callable[[str], str] = lambda repository: f"repository:{repository}:pull,push"
        self.valid: set[str] = set()
        self.known_keys: set[str] | None = None
        self.nonces: list[str] = []
        self.problems: list[str] = []
        self.proxied: list[str] = []
        self.stall_s = 5.0
        self.bytes_per_s = 0.0
        self.slice_bytes = SLICE
        self.connections = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._servers = [_Server(self, "registry", tls), _Server(self, "storage")]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._servers[0].server_address[1]}"

    @property
    def storage(self) -> str:
        return f"127.0.0.1:{self._servers[1].server_address[1]}"

    @property
    def sent(self) -> int:
        """Bytes of blobs that went out."""
        return sum(one.sent for one in self.seen)

    def add(self, repository: str, tag: str, layers: list[tuple[str, bytes]], config: bytes = b"{}") -> bytes:
        """Publish a model of these layers (media type and content); gives the manifest."""

        def described(kind: str, data: bytes) -> dict[str, Any]:
            digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
            self.put(repository, digest, data)
            return {"mediaType": kind, "digest": digest, "size": len(data)}

        manifest = {
            "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": described("application/vnd.docker.container.image.v1+json", config),
            "layers": [described(kind, data) for kind, data in layers],
        }  # fmt: skip
        raw = json.dumps(manifest).encode()
        self.manifests[repository, tag] = raw
        return raw

    def put(self, repository: str, digest: str, data: bytes) -> None:
        self.blobs[digest] = data
        self.blobs_of.setdefault(repository, set()).add(digest)

    def asked(self, method: str, path: str = "") -> list[Seen]:
        """The requests of that kind so far."""
        return [one for one in self.seen if one.method == method and re.search(path, one.path)]

    @contextlib.contextmanager
    def running(self) -> Iterator[Scripted]:
        threads = [threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True) for server in self._servers]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            for server in self._servers:
                server.shutdown()
                server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, script: Scripted, place: str, tls: ssl.SSLContext | None = None) -> None:
        self.script, self.place, self.tls = script, place, tls
        super().__init__(("127.0.0.1", 0), script.handler or Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Encryption begins on the connection's own thread."""
        if self.tls is None:
            return super().finish_request(request, client_address)
        with self.tls.wrap_socket(request, server_side=True) as encrypted:
            return super().finish_request(encrypted, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what is tested."""


class Handler(Uploading):
    server: _Server

    def do_GET(self) -> None:  # noqa: N802 (its name)
        script = self.server.script
        if self.path.startswith("http://"):  # we are a proxy
            script.proxied.append(self.path)
            self.path = urlsplit(self.path)._replace(scheme="", netloc="").geturl()
        path = urlsplit(self.path).path
        seen = Seen(self.server.place, self.command, self.path, {key.lower(): value for key, value in self.headers.items()})
        with script.lock:
            script.seen.append(seen)
        length = int(self.headers.get("Content-Length") or 0)
        if self.server.place == "storage":
            if "authorization" in seen.headers:
                script.problems.append("the storage saw a token")
            if self.command == "PUT":
                return self._store_part(path, length)
            return self._blob(seen, path.strip("/"))
        if path == "/token":
            return self._token(seen)
        if not self._may(seen, path):
            return None
        if found := _MANIFEST.fullmatch(path):
            return self._manifest((found[1], found[2]), length)
        if found := _UPLOADS.fullmatch(path):
            return self._upload(found[1], found[2], length)
        if found := _BLOB.fullmatch(path):
            return self._found(seen, found[1], found[2])
        if (found := _TAGS.fullmatch(path)) and any(repository == found[1] for repository, _ in script.manifests):
            return self._json({"name": found[1], "tags": [tag for repository, tag in script.manifests if repository == found[1]]})
        if path == "/v2/_catalog" and script.catalogue:
            return self._json({"repositories": sorted({repository for repository, _ in script.manifests})})
        if path.startswith("/elsewhere/"):
            return self._blob(seen, path.removeprefix("/elsewhere/"))
        return self._answer(404, b'{"errors":[{"code":"NOT_FOUND","message":"not found"}]}')

    do_HEAD = do_PUT = do_POST = do_PATCH = do_GET  # noqa: N815 (their names)

    # who may

    def _may(self, seen: Seen, path: str) -> bool:
        script, shown = self.server.script, seen.headers.get("authorization", "")
        if script.basic and shown != f"Basic {base64.b64encode(script.basic.encode()).decode()}":
            self._drain()
            self._answer(401, b"", {"WWW-Authenticate": 'Basic realm="registry"'})
            return False
        if script.token and shown.removeprefix("Bearer ") not in script.valid:
            self._drain()
            repository = "/".join(path.split("/")[2:4])
            realm = script.realm or f"http://{script.host}/token"
            header = f'Bearer realm="{realm}",service="{script.host}",scope="{script.scope(repository)}"'
            self._answer(401, b"", {"WWW-Authenticate": header})
            return False
        return True

    def _token(self, seen: Seen) -> None:
        """Give a token if the URL is signed by a key that is known."""
        script = self.server.script
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        key, _, signature = seen.headers.get("authorization", "").partition(":")
        try:
            message = f"GET,http://{script.host}{self.path},{NO_BODY}".encode()
            good = ed25519.verifies(ed25519.public_bytes(key), message, base64.b64decode(signature, validate=True))
        except (ValueError, AssertionError):
            good = False
        nonce = query.get("nonce", [""])[0]
        good = good and abs(int(query.get("ts", ["0"])[0]) - time.time()) < 60 and len(nonce) == 22 and nonce not in script.nonces
        script.nonces.append(nonce)
        if not good or (script.known_keys is not None and key not in script.known_keys):
            self._answer(401, b'{"error":"unknown key"}')
            return
        token = secrets.token_hex(8)
        script.valid.add(token)
        self._json({"token": token})

    # manifests and blobs

    def _manifest(self, place: tuple[str, str], length: int) -> None:
        script = self.server.script
        if self.command == "PUT":
            body = self.rfile.read(length)
            missing = [layer for layer in re.findall(rb"sha256:[0-9a-f]{64}", body) if layer.decode() not in script.blobs_of.get(place[0], ())]
            if missing:
                return self._answer(400, b'{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry"}]}')
            script.manifests[place] = body
            return self._answer(201, b"")
        body = script.manifests.get(place, b"")
        if not body:
            return self._answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')
        return self._send(body, script.manifest_faults, {"Docker-Content-Digest": script.announced(body), "Content-Type": MANIFEST_TYPE})

    def _found(self, seen: Seen, repository: str, digest: str) -> None:
        """A blob that was asked for here."""
        script = self.server.script
        if digest not in script.blobs_of.get(repository, ()):
            return self._answer(404, b'{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown"}]}')
        if self.command == "HEAD":
            return self._answer(200, b"", {"Content-Length": str(len(script.blobs[digest]))})
        if script.redirect == "relative":
            return self._answer(302, b"", {"Location": f"../../../../elsewhere/{digest}"})
        if script.redirect != 200:
            return self._answer(int(script.redirect), b"", {"Location": f"http://{script.storage}/{digest}?signed=1"})
        return self._blob(seen, digest)

    def _blob(self, seen: Seen, digest: str) -> None:
        data = self.server.script.blobs.get(digest, b"")
        self._send(data, self.server.script.faults, {}, seen)
