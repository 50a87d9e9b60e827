"""What lies in a store: which blobs there are, which models hold them, and what belongs to nobody. Looked at once, nothing is opened but
manifests.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ModelNotFound, StoreError
from ..manifest import Manifest
from ..names import Digest
from . import disk
from .reader import StoreReader
from .store import Store

_BLOB = re.compile(r"sha256[:-]([0-9a-fA-F]{64})", re.ASCII)
_UNFINISHED = re.compile(r"sha256-([0-9a-fA-F]{64}-partial(-[0-9]+)?|[0-9]{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True)
class BlobFile:
    """A file in ``blobs``. ``linked``: it has another name outside the store, so removing it frees nothing."""

    path: Path
    size_bytes: int
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Inventory:
    """A store as it was at one moment.

    ``unreadable`` names models whose manifest cannot be read. ``unfinished`` are downloads and files that are being written, with the
    bytes they really take; ``strangers`` whatever else lies among the blobs.
    """

    models: dict[str, Manifest]
    unreadable: tuple[str, ...]
    blobs: dict[Digest, BlobFile]
    unfinished: tuple[BlobFile, ...] = ()
    strangers: tuple[BlobFile, ...] = ()
    holders: dict[Digest, tuple[str, ...]] = field(default_factory=dict)

    @property
    def unreferenced(self) -> dict[Digest, BlobFile]:
        """Blobs that no model holds. While a manifest cannot be read nobody knows what it holds."""
        return {} if self.unreadable else {digest: file for digest, file in self.blobs.items() if digest not in self.holders}


def take(store: StoreReader) -> Inventory:
    """Look through a store.

    Raises: StoreError when its folders cannot be read.
    """
    models: dict[str, Manifest] = {}
    unreadable = []
    for name in store.tags.names():
        try:
            models[str(name)] = store.tags.read(name)
        except ModelNotFound:  # removed meanwhile
            continue
        except StoreError:
            unreadable.append(str(name))
    blobs, unfinished, strangers = _files(store.blobs.folder)
    unfinished += tuple(_being_made(store))
    return Inventory(models, tuple(sorted(unreadable)), blobs, unfinished, strangers, holders_of(models))


def holders_of(models: dict[str, Manifest]) -> dict[Digest, tuple[str, ...]]:
    """Which models hold each blob, by name."""
    found: dict[Digest, set[str]] = {}
    for name, manifest in models.items():
        for layer in manifest.blobs:
            found.setdefault(layer.digest, set()).add(name)
    return {digest: tuple(sorted(names)) for digest, names in found.items()}


def kinds_of(manifests: Iterable[Manifest], digest: Digest) -> tuple[str, ...]:
    """What a blob is for the models that hold it: model, template, config ..."""
    kinds = {layer.kind: None for manifest in manifests for layer in manifest.layers if layer.digest == digest}
    return tuple(kinds) or ("config",)


def _files(folder: Path) -> tuple[dict[Digest, BlobFile], tuple[BlobFile, ...], tuple[BlobFile, ...]]:
    blobs: dict[Digest, BlobFile] = {}
    unfinished: list[BlobFile] = []
    strangers: list[BlobFile] = []
    for entry in _entries(folder):
        try:
            state = entry.stat()
            is_file, is_link = entry.is_file(), entry.is_symlink()
        except OSError:  # removed meanwhile, or a link to nowhere
            continue
        whole = _BLOB.fullmatch(entry.name)
        size_bytes = state.st_size if whole else disk.taken_bytes(state)
        file = BlobFile(Path(entry.path), size_bytes, is_link or (is_file and state.st_nlink > 1))
        if whole and is_file:
            blobs[Digest(whole[1])] = file
        else:
            (unfinished if _UNFINISHED.fullmatch(entry.name) else strangers).append(file)
    return blobs, tuple(unfinished), tuple(strangers)


def _being_made(store: StoreReader) -> Iterator[BlobFile]:
    """Files of models that are being made of what arrives."""
    for path in store.builds.unfinished() if isinstance(store, Store) else ():
        with contextlib.suppress(OSError):
            yield BlobFile(path, disk.taken_bytes(path.stat()))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with disk.explained(folder):
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:  # a store that nobody has written to
            return []
