"""One model's place in a registry: its manifests, its blobs, its tags."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from types import TracebackType

from ..errors import ModelNotFound, RegistryError
from ..manifest import MANIFEST_TYPE, MAX_MANIFEST_BYTES
from ..names import Digest, ModelName
from ..sentences import Sentence
from .address import Origin, step
from .exchange import Body
from .session import Reply, Session

OCI_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_MAX_LIST_PAGES = 20
_MAX_LISTED = 10_000


class Repository:
    """A model in a registry. Used as a context manager, which closes its connections."""

    def __init__(self, name: ModelName, session: Session) -> None:
        self.name = name
        self.session = session
        self.base = f"{session.origin}/v2/{name.namespace}/{name.model}"

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.session.close()

    @property
    def host(self) -> str:
        return self.session.origin.authority

    def hurried(self) -> Repository:
        """The same place, for what would be nice to know."""
        return Repository(self.name, self.session.hurried())

    def blob_url(self, digest: Digest) -> str:
        return f"{self.base}/blobs/{digest}"

    def manifest(self) -> bytes:
        """The manifest of the name's tag, in the bytes it has there.

        Raises: ModelNotFound, Unauthorized, Unreachable, RegistryError, Cancelled.
        """
        first = self._manifest()
        if self._is_as_announced(first):
            return first.body
        again = self._manifest()
        if self._is_as_announced(again) or again.body == first.body:  # twice the same: then it is the announcement that is wrong
            return again.body
        raise RegistryError(
            Sentence("%1 does not send the manifest of %2 whole.", self.host, self.name), hint="Try again.", host=self.host, status=200
        )

    def _manifest(self) -> Reply:
        accept = f"{MANIFEST_TYPE}, {OCI_MANIFEST_TYPE};q=0.9"
        reply = self.session.ask("GET", f"{self.base}/manifests/{self.name.tag}", {"Accept": accept}, limit=MAX_MANIFEST_BYTES)
        if reply.status == 404:
            raise ModelNotFound(
                Sentence("%1 has no model %2.", self.host, repr(_short(self.name))), name=str(self.name), near=[],
                text="pull model manifest: file does not exist",
            )  # fmt: skip
        if reply.status != 200:
            raise self._refused(reply, "pull model manifest: ")
        return reply

    def _is_as_announced(self, reply: Reply) -> bool:
        announced = reply.header("Docker-Content-Digest").lower()
        return not announced.startswith("sha256:") or announced == f"sha256:{hashlib.sha256(reply.body).hexdigest()}"

    def put_manifest(self, raw: bytes) -> None:
        """Publish a manifest; its blobs must be there.

        Raises: Unauthorized, Unreachable, RegistryError, Cancelled.
        """
        url = f"{self.base}/manifests/{self.name.tag}"
        reply = self.session.ask("PUT", url, {"Content-Type": _media_type(raw)}, Body.of(raw))
        if not 200 <= reply.status < 300:
            raise self._refused(reply)

    def has(self, digest: Digest) -> bool:
        """Whether a blob is there. Raises: Unauthorized, Unreachable, RegistryError, Cancelled."""
        reply = self.session.ask("HEAD", self.blob_url(digest))
        if reply.status not in (200, 404):
            raise self._refused(reply)
        return reply.status == 200

    def tags(self) -> list[str]:
        """Its tags, where the registry tells them.

        Raises: ModelNotFound; RegistryError where it does not; Unauthorized, Unreachable, Cancelled.
        """
        return sorted(tag for tag in self._listed(f"{self.base}/tags/list", "tags") if _TAG.fullmatch(tag))

    def catalogue(self) -> list[str]:
        """``namespace/model`` of what the registry has, where it tells. Raises: RegistryError and its kin, ModelNotFound, Cancelled."""
        return list(self._listed(f"{self.session.origin}/v2/_catalog?n=1000", "repositories"))

    def _listed(self, url: str, key: str) -> Iterator[str]:
        """The texts of a list that may come in pages."""
        count = 0
        for _ in range(_MAX_LIST_PAGES):
            reply = self.session.ask("GET", url)
            if reply.status == 404:
                raise ModelNotFound(Sentence("%1 tells no %2 of %3.", self.host, key, _short(self.name)), name=str(self.name), near=[])
            if reply.status != 200:
                raise self._refused(reply)
            try:
                texts = json.loads(reply.body)[key] or []
            except (ValueError, KeyError, TypeError, RecursionError):
                texts = []
            for text in texts if isinstance(texts, list) else ():
                count += 1
                if isinstance(text, str) and count <= _MAX_LISTED:
                    yield text
            following = re.match(r"\s*<([^>]*)>\s*;\s*rel=\"?next", reply.header("Link"))
            if not following or count > _MAX_LISTED:
                return
            url = step(url, following[1])
            if Origin.of(url) != self.session.origin:
                return

    def _refused(self, reply: Reply, prefix: str = "") -> RegistryError:
        """The error for a status that says no."""
        if reply.status in (401, 403):
            return self.session.authority.refusal(reply.explained)
        hint = "It asks for a newer Ollama: the model uses what this version does not know." if reply.status == 412 else None
        return RegistryError(
            Sentence("%1 answers %2.", self.host, reply.explained), hint=hint, host=self.host, status=reply.status,
            text=f"{prefix}{reply.explained}",
        )  # fmt: skip


def _short(name: ModelName) -> str:
    return str(name).removesuffix(":latest")


def _media_type(raw: bytes) -> str:
    """What a manifest says it is."""
    try:
        value = json.loads(raw)
        said = value.get("mediaType")
        config = value.get("config", {}).get("mediaType", "")
    except (ValueError, AttributeError, RecursionError):
        return MANIFEST_TYPE
    if isinstance(said, str) and re.fullmatch(r"[A-Za-z0-9.+/-]{1,200}", said):
        return said
    return OCI_MANIFEST_TYPE if str(config).startswith("application/vnd.oci") else MANIFEST_TYPE
