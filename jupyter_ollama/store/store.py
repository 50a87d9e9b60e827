"""``Store``: blobs and tags together, safe for many processes at once.

Readers take no lock. Whatever changes what names mean, or removes something, happens under one lock that all processes share, held for a
moment. Work that takes longer (a create) happens inside ``begin``: its lease keeps what it has put or used from being removed.
"""

from __future__ import annotations

import contextlib
import copy
import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import InvalidName, ModelNotFound, StoreError
from ..events import Progress
from ..manifest import Layer, Manifest
from ..models import ModelSummary, Pruned
from ..names import ModelName
from ..sentences import Sentence
from . import disk, model
from . import prune as pruning
from .blobs import Blobs
from .builds import Builds
from .downloads import Downloads
from .leases import Lease, Leases
from .mending import mend
from .model import StoredModel
from .reader import OWN_FOLDER, StoreReader, newest_first
from .removal import Removal, names_of
from .service import ServiceStore


class Store(StoreReader):
    """A model store in a folder; made on first use, shared with Ollama and with other processes.

    Args:
        root: the folder that holds ``blobs`` and ``manifests``.
        service: the folder of a second store, which is only read: what the own one does not have is looked for there.
        keep_unused: leave the layers of a name's old meaning when it gets a new one (OLLAMA_NOPRUNE).
    """

    def __init__(self, root: Path, service: Path | None = None, *, keep_unused: bool = False) -> None:
        super().__init__(root)
        self.service = ServiceStore(service) if service is not None and os.path.realpath(service) != os.path.realpath(root) else None
        self.keep_unused = keep_unused
        self.downloads = Downloads(root / OWN_FOLDER / "downloads")
        self.builds = Builds(Path(os.path.realpath(self.blobs.folder)).parent / OWN_FOLDER / "builds", self.downloads)
        self._removal = Removal(self.tags, self.blobs, Leases(root / OWN_FOLDER / "leases"))
        self._lease: Lease | None = None
        self._mended = False

    def facts(self) -> dict[str, str | int | None]:
        """The same, and whether there is a second store."""
        theirs = len(self.service.names()) if self.service else 0
        place = f"{self.service.root} ({theirs:,} model{'s' if theirs > 1 else ''})" if self.service and theirs else ""
        return {**super().facts(), "system-wide": place}

    @contextlib.contextmanager
    def begin(self) -> Iterator[Store]:
        """Begin a piece of work: gives a store in which everything put, adopted or opened stays until the work ends, whoever deletes or
        prunes meanwhile. In the end, what the work added and no model holds is taken back.

        Raises: StoreError.
        """
        self._mend()
        with self._lock.held():
            lease = self._removal.open_lease()
        work = copy.copy(self)
        work._lease, work.blobs = lease, Blobs(self.blobs.folder, self._lock, self.blobs.links, lease)
        try:
            yield work
        finally:
            try:
                with contextlib.suppress(StoreError), self._lock.held():  # what fails here is cleared up by the next one to begin
                    self._removal.end(lease)
            finally:
                lease.release()

    def open(self, name: ModelName) -> StoredModel:
        """Read a model, of the own store or else of the other.

        Raises: ModelNotFound, CorruptManifest, BlobNotFound, StoreError.
        """
        reader, found = self.find(name)
        if self._lease is None or reader is not self:
            return reader.read(found)
        with self._lock.held():
            manifest = self.tags.read(found)
            for layer in manifest.blobs:
                self.blobs.use(layer.digest)
            return model.read(found, manifest, self.blobs)

    def find(self, name: ModelName) -> tuple[StoreReader, ModelName]:
        """Where a model is, and how its name is spelled there. Of two stores that have it, it is the own one.

        Raises: ModelNotFound, StoreError.
        """
        self._mend()
        own = self.tags.existing(name)
        if own is None and self.service is not None and self.service.has(name):
            return self.service.find(name)
        if own is None:
            raise self.not_found(name)
        return self, own

    def require_own(self, name: ModelName) -> ModelName:
        """The spelling of a name that the own store has.

        Raises: ModelNotFound; ReadOnlyStore when only the other store has it.
        """
        own = self.tags.existing(name)
        if own is None and self.service is not None and self.service.has(name):
            raise self.service.refusal(name)
        if own is None:
            raise self.not_found(name)
        return own

    def has(self, name: ModelName) -> bool:
        return super().has(name) or (self.service is not None and self.service.has(name))

    def not_found(self, name: ModelName) -> ModelNotFound:
        """The error for a name that is in neither store, with names like it."""
        return self.tags.not_found(name, self.service.names() if self.service else ())

    def confirm(self, opened: StoredModel, cancel: CancelToken) -> Generator[Progress, None, None]:
        """Make sure that a model's blobs are what they were when it was made, before it is used. One ``stat`` for all, and one
        each for those that are files of the user's, unless one was touched.

        Blobs of the other store are no links of ours.
        Raises: BlobNotFound; DigestMismatch when a file that was imported by a link was changed in place; Cancelled.
        """
        if opened.root != self.root:
            return
        blobs = self._blobs_state()
        whole, linked = self._opened.is_whole(opened, blobs), self.blobs.links.names()
        for layer in opened.manifest.blobs:
            if not whole or layer.digest.hex in linked:
                yield from self.blobs.confirm(layer.digest, cancel, what=str(opened.name))
        self._opened.was_whole(opened, blobs)

    def put(self, data: bytes, media_type: str, *, from_model: str = "") -> tuple[Layer, bool]:
        """Store a small layer; the flag says whether its blob is new."""
        digest, new = self.blobs.put(data)
        return Layer(media_type, digest, len(data), from_model), new

    def tag(self, name: ModelName, manifest: Manifest) -> ModelName:
        """Let a name mean this manifest and remove what only its old meaning needed. Gives the name as it is spelled.

        Raises: InvalidName, StoreError.
        """
        if not name.is_valid:
            raise InvalidName(Sentence("invalid model name %1.", repr(str(name))), name=str(name))
        with self._lock.held():
            name = self.tags.spelled(name)
            for layer in manifest.blobs:
                self.blobs.require(layer.digest)
            self._write(name, manifest)
            if self._lease is not None:
                self._lease.keep(names_of(manifest))
        return name

    def copy(self, source: ModelName, destination: ModelName) -> ModelName:
        """Give a model a second name. The manifest's bytes, and so the digest, stay the same.

        Raises: ModelNotFound, InvalidName.
        """
        if not destination.is_valid:
            raise InvalidName(Sentence("invalid model name %1.", repr(str(destination))), name=str(destination))
        with self._lock.held():
            manifest = self.tags.read(source)
            destination = self.tags.spelled(destination)
            if not destination.same_as(source):
                self._write(destination, manifest)
        return destination

    def delete(self, name: ModelName) -> int:
        """Remove a name and every blob no other model needs. Gives the bytes freed.

        Raises: ModelNotFound, ReadOnlyStore, StoreError.
        """
        with self._lock.held():
            found = self.require_own(name)
            old = self._removal.names_held_by(found)
            with self._removal.letting_go(old, self._lease):
                self.tags.remove(found)
                return self._removal.remove(old)

    def prune(self, *, grace_s: float = pruning.GRACE_S) -> Pruned:
        """Remove blobs that no model holds and what crashes left behind. What running work relies on stays, and so do downloads that
        can go on, and what is half made of a folder elsewhere if somebody may yet go on with it.

        Units: what is younger than ``grace_s`` seconds stays: it may be work of Ollama's that is going on.
        Raises: CorruptManifest when a manifest cannot be read: nothing is removed then.
        """
        with self._lock.held():
            pruning.held_by_models(self.tags)
            self._removal.clear_up()
            with disk.explained(self.blobs.folder):
                pruned = pruning.prune(self.tags, self.blobs, self._removal.relied_on, grace_s)
                removed, stays = self.builds.clear(self.blobs.folder)
        return Pruned(pruned.files + len(removed), pruned.freed_bytes + sum(removed), pruned.unfinished_bytes + stays)

    def models(self, first: int | None = None) -> list[ModelSummary]:
        """All models of both stores, newest first. A name that the own store has hides the other's.

        Args:
            first: only so many of each, the first by name.
        Raises: StoreError when the folder of all manifests cannot be read.
        """
        self._mend()
        own = super().models(first)
        others = self.service.models(first) if self.service is not None else []
        if self.service is None or not others:
            return own
        names = {name.folded for name in self.tags.names()}
        others = [one for one in others if ModelName.parse(one.name).folded not in names]
        return sorted([*own, *(replace(one, store=str(self.service.root)) for one in others)], key=newest_first)

    def _mend(self) -> None:
        """Once, when the store is used for the first time."""
        if not self._mended:
            self._mended = True
            mend(self.blobs.folder)

    def _write(self, name: ModelName, manifest: Manifest) -> None:
        """Give a name its meaning, and remove what only its old one needed."""
        old = set() if self.keep_unused else self._removal.names_held_by(name) - names_of(manifest)
        with self._removal.letting_go(old, self._lease):
            self.tags.write(name, manifest.raw)
            self._removal.remove(old)
