"""``du``: what the models cost on the disk, and what else lies there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..models import DiskUse, FilesUse, ModelUse
from ..store import Store, disk
from ..store.inventory import BlobFile, Inventory, take
from .snapshots import use_of


def du(store: Store, snapshots: Path | None = None) -> DiskUse:
    """Add up the store's files, and those in the folder of snapshots. A blob that a model lists twice counts once, one that is missing
    not at all.

    Raises: StoreError when the store cannot be read.
    """
    found = take(store)
    models = [_model(name, found) for name in found.models]
    return DiskUse(
        str(store.root),
        tuple(sorted(models, key=lambda one: (-one.size_bytes, one.name))),
        blobs=_sum(found.blobs.values()),
        linked=_sum(file for file in found.blobs.values() if file.linked),
        unreferenced=_sum(found.unreferenced.values()),
        unfinished=_sum(found.unfinished),
        others=_sum(found.strangers),
        free_bytes=disk.free_bytes(store.root),
        unreadable=found.unreadable,
        snapshots=use_of(snapshots),
    )


def _model(name: str, found: Inventory) -> ModelUse:
    manifest = found.models[name]
    sizes = {digest: found.blobs[digest].size_bytes for digest in {layer.digest for layer in manifest.blobs} if digest in found.blobs}
    shared = {digest for digest in sizes if len(found.holders[digest]) > 1}
    others = found.holders[max(shared, key=lambda digest: sizes[digest])] if shared else ()
    shared_bytes = sum(sizes[digest] for digest in shared)
    alone_bytes = sum(sizes.values()) - shared_bytes
    return ModelUse(name, manifest.digest, alone_bytes, shared_bytes, tuple(other for other in others if other != name))


def _sum(files: Iterable[BlobFile]) -> FilesUse:
    sizes = [file.size_bytes for file in files]
    return FilesUse(len(sizes), sum(sizes))
