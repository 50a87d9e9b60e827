"""``delete``: remove models."""

from __future__ import annotations

from collections.abc import Sequence

from ..manifest import Manifest
from ..models import Deleted, KeptBlob
from ..names import ModelName
from ..store import Store
from ..store.inventory import Inventory, holders_of, kinds_of, take


def delete(store: Store, names: Sequence[str]) -> Deleted:
    """Remove names and every blob that no other model needs. All names are looked up before the first is removed.

    Raises: InvalidName, ModelNotFound, ReadOnlyStore for a model of a system-wide Ollama.
    """
    wanted = {str(name): name for name in (store.require_own(ModelName.valid(text)) for text in names)}
    before = take(store)
    freed = sum(store.delete(name) for name in wanted.values())
    held = {name: before.models[name] for name in wanted if name in before.models}
    kept = _kept(held, before, take(store))
    linked = sum(blob.size_bytes for blob in kept if not blob.held_by)
    return Deleted(tuple(wanted), max(0, freed - linked), kept)


def _kept(deleted: dict[str, Manifest], before: Inventory, now: Inventory) -> tuple[KeptBlob, ...]:
    """What the deleted models held and is on the disk still: for other models, or as a file of the user's elsewhere."""
    kept = []
    for digest in holders_of(deleted):
        if digest not in before.blobs:
            continue
        file, holders = before.blobs[digest], now.holders.get(digest, ())
        if holders or (file.linked and digest not in now.blobs):
            kind = kinds_of(deleted.values(), digest)[0]
            kept.append(KeptBlob(str(digest), kind, file.size_bytes, holders))
    return tuple(kept)
