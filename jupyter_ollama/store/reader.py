"""``StoreReader``: a store that is only looked at. Nothing in it changes: no file, no folder, no time.

It is what a user's own store and the store of a system-wide Ollama have in common.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from .. import gguf
from ..cards import Card, ShownAs
from ..errors import BlobNotFound, CorruptManifest, GGUFError, ModelNotFound, StoreError
from ..manifest import MODEL, Config, Manifest
from ..models import Details, ModelSummary
from ..names import Digest, ModelName
from . import disk, model
from .blobs import Blobs
from .links import Links
from .locks import Lock
from .model import StoredModel
from .opened import Opened
from .remembered import Remembered
from .tags import Tags

T = TypeVar("T")
OWN_FOLDER = ".jupyter_ollama"
MAX_CONFIG_BYTES = 1 << 20
UNKNOWN = ("", "unknown")


class StoreReader(ShownAs):
    """The models in a folder.

    Args:
        root: the folder that holds ``blobs`` and ``manifests``.
    """

    def __init__(self, root: Path) -> None:
        own = root / OWN_FOLDER
        self.root = root
        self._lock = Lock(own / "lock")  # no file is made before somebody writes
        self.blobs = Blobs(root / "blobs", self._lock, Links(own / "links"))
        self.tags = Tags(root / "manifests")
        self._configs = Remembered(_config, lambda config: 2_000)
        self._states = Remembered(lambda path: object(), lambda state: 100)
        self._opened = Opened()
        self._summaries: dict[str, tuple[Manifest, object, ModelSummary]] = {}
        self._file_types = Remembered(_file_type, len)
        self._headers = Remembered(_header, lambda index: index.data_offset)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.root)!r})"

    def _card(self) -> Card:
        return Card("Model store", rows=self.facts())

    def facts(self) -> dict[str, str | int | None]:
        """What is displayed for it; a store that cannot be read says so."""
        try:
            return {"folder": str(self.root), "models": len(self.tags.names())}
        except StoreError as error:
            return {"folder": str(self.root), "problem": str(error)}

    def open(self, name: ModelName) -> StoredModel:
        """Read a model.

        Raises: ModelNotFound, CorruptManifest, BlobNotFound, StoreError.
        """
        reader, found = self.find(name)
        return reader.read(found)

    def read(self, name: ModelName) -> StoredModel:
        """Read a model of this store by its name as it is spelled here.

        Raises: ModelNotFound, CorruptManifest, BlobNotFound, StoreError.
        """
        return self._reading(name, lambda manifest: self._opening(name, manifest))

    def _opening(self, name: ModelName, manifest: Manifest) -> StoredModel:
        blobs = self._blobs_state()
        opened = self._opened.get(name.full, manifest, blobs)
        if opened is None:
            opened = model.read(name, manifest, self.blobs)
            self._opened.put(name.full, manifest, blobs, opened)
        return opened

    def has(self, name: ModelName) -> bool:
        return self.tags.existing(name) is not None

    def find(self, name: ModelName) -> tuple[StoreReader, ModelName]:
        """Where a model is, and how its name is spelled there.

        Raises: ModelNotFound, StoreError.
        """
        found = self.tags.existing(name)
        if found is None:
            raise self.not_found(name)
        return self, found

    def not_found(self, name: ModelName) -> ModelNotFound:
        """The error for a name that is not there."""
        return self.tags.not_found(name)

    def models(self, first: int | None = None) -> list[ModelSummary]:
        """All models, newest first. Models whose manifest or config cannot be read are passed over.

        Args:
            first: only so many, the first by name: the manifests of others are not read.
        Raises: StoreError when the folder of all manifests cannot be read.
        """
        found, known, blobs = {}, self._summaries, self._blobs_state()
        for name, manifest, modified_at in self.tags.dated(first):
            full = name.full
            held = known.get(full)
            if held is not None and held[0] is manifest and held[1] is blobs:
                found[full] = held
                continue
            with contextlib.suppress(StoreError, ModelNotFound):
                try:
                    found[full] = manifest, blobs, self._summary(name, manifest, modified_at)
                except BlobNotFound:
                    found[full] = manifest, blobs, self.summary(name)
        self._summaries = found if first is None else known | found
        return sorted((summary for _, _, summary in found.values()), key=newest_first)

    def _blobs_state(self) -> object:
        """The same object for as long as no blob has come or gone. Blobs do not change: what was read of them is true for as long."""
        try:
            return self._states.get(str(self.blobs.folder))
        except OSError:
            return object()

    def _summary(self, name: ModelName, manifest: Manifest, modified_at: datetime) -> ModelSummary:
        config = self.config(manifest)
        details = self.details(manifest, config)
        return ModelSummary(str(name), manifest.digest, manifest.size, modified_at, details, config.remote_model, config.remote_host)

    def summary(self, name: ModelName) -> ModelSummary:
        """A model of this store in short, by its name as it is spelled here.

        Raises: ModelNotFound, CorruptManifest, BlobNotFound, StoreError.
        """
        return self._reading(name, lambda manifest: self._summary(name, manifest, self.tags.modified(name)))

    def _reading(self, name: ModelName, read: Callable[[Manifest], T]) -> T:
        """Read a model without a lock. If its blobs vanish meanwhile, the name may have got a new meaning, which is read then."""
        before: Manifest | None = None
        while True:
            manifest = self.tags.read(name)
            try:
                return read(manifest)
            except BlobNotFound:
                if before is not None and before.raw == manifest.raw:
                    raise
                before = manifest

    def config(self, manifest: Manifest) -> Config:
        """What the config blob says of a model.

        Raises: BlobNotFound, CorruptManifest, StoreError.
        """
        return self._look(self._configs, manifest.config.digest)

    def details(self, manifest: Manifest, config: Config) -> Details:
        """The same in short; a quantization it does not know is read from the weights, where they are GGUF."""
        details, weights = config.details, manifest.of(MODEL)
        if weights and details.quantization_level in UNKNOWN:
            with contextlib.suppress(StoreError):
                return replace(details, quantization_level=self._look(self._file_types, weights[0].digest) or details.quantization_level)
        return details

    def header(self, digest: Digest) -> gguf.GGUFIndex:
        """The header of a GGUF blob, read once.

        Raises: BlobNotFound, StoreError, GGUFError.
        """
        return self._look(self._headers, digest)

    def _look(self, remembered: Remembered[T], digest: Digest) -> T:
        """Raises: BlobNotFound, StoreError, and what reading raises."""
        try:
            return remembered.get(f"{self.blobs.folder}/{digest.file_name}")
        except OSError:
            path = self.blobs.require(digest)
            with disk.explained(path):
                return remembered.get(str(path))


def newest_first(model: ModelSummary) -> tuple[int, str]:
    """A key for sorting, in whole seconds as Ollama does; names decide between models of one second."""
    return -int(model.modified_at.timestamp()), model.name


def _config(path: str) -> Config:
    raw, _ = disk.read_small(path, MAX_CONFIG_BYTES)
    if len(raw) > MAX_CONFIG_BYTES:
        raise CorruptManifest("the model's config is too large.", hint="Create or pull it again.", path=Path(path))
    return Config.parse(raw)


def _header(path: str) -> gguf.GGUFIndex:
    return gguf.read_index(path)


def _file_type(path: str) -> str:
    """The quantization a GGUF names; nothing when it is none."""
    try:
        return _header(path).file_type
    except GGUFError:
        return ""
