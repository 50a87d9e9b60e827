"""``prune``: remove what no model needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..models import Pruned
from ..store import Store
from .snapshots import clear


def prune(store: Store, snapshots: Path | None = None) -> Pruned:
    """Remove blobs that no model holds and what crashes left behind. Running work, also of other processes, is not disturbed.

    Args:
        snapshots: their folder, if they shall go, too.
    Raises: CorruptManifest when a manifest cannot be read: nothing is removed then; StoreError.
    """
    pruned, cleared = store.prune(), clear(snapshots)
    return replace(pruned, files=pruned.files + cleared.count, freed_bytes=pruned.freed_bytes + cleared.size_bytes)
