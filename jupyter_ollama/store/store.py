"""``Store``: blobs and tags together, one lock for whatever changes what names mean."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import InvalidName, StoreError
from ..manifest import Config, Layer, Manifest
from ..models import Details, ModelSummary
from ..names import Digest, ModelName
from . import disk, model
from .blobs import Blobs
from .model import StoredModel
from .tags import Tags


class Store:
    """A model store in a folder; made on first use, shared with Ollama and with other processes.

    Args:
        root: the folder that holds ``blobs`` and ``manifests``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = Blobs(root / "blobs")
        self.tags = Tags(root / "manifests")
        self._thread_lock = threading.RLock()

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r})"

    def open(self, name: ModelName) -> StoredModel:
        """Read a model.

        Raises: ModelNotFound, CorruptManifest, BlobNotFound.
        """
        found = self.tags.existing(name)
        if found is None:
            raise self.tags.not_found(name)
        return model.read(found, self.tags.read(found), self.blobs)

    def has(self, name: ModelName) -> bool:
        return self.tags.existing(name) is not None

    def put(self, data: bytes, media_type: str, *, from_model: str = "") -> tuple[Layer, bool]:
        """Store a small layer; the flag says whether its blob is new."""
        digest, new = self.blobs.put(data)
        return Layer(media_type, digest, len(data), from_model), new

    def tag(self, name: ModelName, manifest: Manifest) -> ModelName:
        """Let a name mean this manifest and remove what only its old meaning needed. Gives the name as it is spelled.

        Raises: InvalidName, StoreError.
        """
        if not name.is_valid:
            raise InvalidName(f"invalid model name {str(name)!r}.", name=str(name))
        with self._locked():
            name = self.tags.spelled(name)
            old = self._old(name)
            for layer in manifest.blobs:
                self.blobs.require(layer.digest)
            self.tags.write(name, manifest.raw)
            self._prune(layer.digest for layer in old)
        return name

    def copy(self, source: ModelName, destination: ModelName) -> ModelName:
        """Give a model a second name. The manifest's bytes, and so the digest, stay the same.

        Raises: ModelNotFound, InvalidName.
        """
        with self._locked():
            manifest = self.tags.read(source)
            destination = self.tags.spelled(destination)
            if not destination.same_as(source):
                old = self._old(destination)
                self.tags.write(destination, manifest.raw)
                self._prune(layer.digest for layer in old)
        return destination

    def delete(self, name: ModelName) -> int:
        """Remove a name and every blob no other model needs. Gives the bytes freed.

        Raises: ModelNotFound, StoreError.
        """
        with self._locked():
            found = self.tags.existing(name)
            if found is None:
                raise self.tags.not_found(name)
            old = self._old(found)
            self.tags.remove(found)
            return self._prune(layer.digest for layer in old)

    def forget(self, digests: Iterable[str]) -> None:
        """Take back blobs that no model holds, after work that did not come to its end."""
        with self._locked():
            self._prune(Digest.parse(digest) for digest in digests)

    def models(self) -> list[ModelSummary]:
        """All models, newest first. Models whose manifest or config cannot be read are passed over."""
        found = []
        for name, manifest in self.tags.manifests():
            with contextlib.suppress(StoreError, FileNotFoundError):
                details = self.details(manifest)
                found.append(ModelSummary(str(name), manifest.digest, manifest.size, self.tags.modified(name), details))
        return sorted(found, key=lambda one: (-int(one.modified_at.timestamp()), one.name))

    def details(self, manifest: Manifest) -> Details:
        """What the config blob says of the weights.

        Raises: BlobNotFound, CorruptManifest.
        """
        return Config.parse(self.blobs.read(manifest.config.digest)).details

    def _old(self, name: ModelName) -> tuple[Layer, ...]:
        with contextlib.suppress(StoreError):
            if self.tags.existing(name):
                return self.tags.read(name).blobs
        return ()

    def _prune(self, candidates: Iterable[Digest]) -> int:
        wanted = set(candidates)
        if not wanted:
            return 0
        for _, manifest in self.tags.manifests():
            wanted -= {layer.digest for layer in manifest.blobs}
        return sum(self.blobs.remove(digest) for digest in wanted)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, among threads and processes."""
        import filelock  # 35 ms, and readers never need it

        with self._thread_lock, disk.explained(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.root / ".jupyter_ollama.lock"):
                yield
