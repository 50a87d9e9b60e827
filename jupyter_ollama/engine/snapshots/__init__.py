"""What a model has evaluated, kept on the disk, so that it need not be evaluated again after the model was unloaded.

layout.py     a snapshot as a file: facts, token ids, the state of a context; sealed
cache.py      the folder they lie in: private, bounded, least recently used goes first
rules.py      which are kept, and where

How states come out of a context and back into one is the business of ``worker/keeping.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...on_demand import on_demand

if TYPE_CHECKING:
    from .cache import Entry, SnapshotCache
    from .layout import Head, Snapshot
    from .rules import SnapshotRules

__all__ = ["Entry", "Head", "Snapshot", "SnapshotCache", "SnapshotRules"]

__getattr__ = on_demand(
    __name__,
    {
        "Entry": ".cache",
        "Head": ".layout",
        "Snapshot": ".layout",
        "SnapshotCache": ".cache",
        "SnapshotRules": ".rules",
    },
)
