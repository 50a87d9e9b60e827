"""``delete``: remove models."""

from __future__ import annotations

from collections.abc import Sequence

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
    kept = _kept(set(wanted), before)
    linked = sum(blob.size_bytes for blob in kept if not blob.held_by)
    return Deleted(tuple(wanted), max(0, freed - linked), kept)


def _kept(deleted: set[str], before: Inventory) -> tuple[KeptBlob, ...]:
    """What the deleted models held and is on the disk still, largest first: for other models, or as a file of the user's elsewhere."""
    held = {name: manifest for name, manifest in before.models.items() if name in deleted}
    kept = []
    for digest in holders_of(held):
        file = before.blobs.get(digest)
        others = tuple(name for name in before.holders[digest] if name not in deleted)
        if file is not None and (others or (file.linked and not file.path.exists())):
            kept.append(KeptBlob(str(digest), kinds_of(held.values(), digest)[0], file.size_bytes, others))
    return tuple(sorted(kept, key=lambda blob: -blob.size_bytes))
