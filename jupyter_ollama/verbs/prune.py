"""``prune``: remove what no model needs."""

from __future__ import annotations

from ..models import Pruned
from ..store import Store


def prune(store: Store) -> Pruned:
    """Remove blobs that no model holds and what crashes left behind. Running work, also of other processes, is not disturbed.

    Raises: CorruptManifest when a manifest cannot be read: nothing is removed then; StoreError.
    """
    return store.prune()
