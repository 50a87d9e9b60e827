"""``delete``: remove models; ``removal``: what that would do."""

from __future__ import annotations

from collections.abc import Sequence

from ..models import Deleted, KeptBlob, Removal
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


def removal(store: Store, names: Sequence[str]) -> Removal:
    """What ``delete`` would free and leave. Nothing is removed. What running work relies on counts as free: it goes when that ends.

    Raises: as ``delete``.
    """
    found = tuple(dict.fromkeys(str(store.require_own(ModelName.valid(text))) for text in names))
    wanted, before = set(found), take(store)
    held = holders_of({name: manifest for name, manifest in before.models.items() if name in wanted})
    alone = [before.blobs[digest] for digest in held if digest in before.blobs and wanted.issuperset(before.holders[digest])]
    return Removal(found, sum(file.size_bytes for file in alone if not file.linked), _kept(wanted, before, gone=False))


def _kept(deleted: set[str], before: Inventory, *, gone: bool = True) -> tuple[KeptBlob, ...]:
    """What the deleted models held and is on the disk still, largest first: for other models, or as a file of the user's elsewhere.

    Args:
        gone: they are deleted already.
    """
    held = {name: manifest for name, manifest in before.models.items() if name in deleted}
    kept = []
    for digest in holders_of(held):
        file = before.blobs.get(digest)
        others = tuple(name for name in before.holders[digest] if name not in deleted)
        if file is not None and (others or (file.linked and not (gone and file.path.exists()))):
            kept.append(KeptBlob(str(digest), kinds_of(held.values(), digest)[0], file.size_bytes, others))
    return tuple(sorted(kept, key=lambda blob: -blob.size_bytes))
