"""Snapshots, as ``du`` and ``prune`` see them: states of prompts on the disk, which can be made again at any time."""

from __future__ import annotations

from pathlib import Path

from ..engine.snapshots import SnapshotCache, SnapshotRules
from ..models import FilesUse
from ..settings import Settings


def rules_of(settings: Settings) -> SnapshotRules | None:
    """Which snapshots are kept, and where; None if none are."""
    folder = settings.snapshots
    if folder is None or settings.snapshot_bytes <= 0:
        return None
    return SnapshotRules(folder, settings.snapshot_bytes, settings.snapshot_after_s)


def use_of(folder: Path | None) -> FilesUse:
    """How many lie in a folder, and their bytes."""
    entries = [] if folder is None else SnapshotCache(folder, 0).entries()
    return FilesUse(len(entries), sum(entry.size_bytes for entry in entries))


def clear(folder: Path | None) -> FilesUse:
    """Remove all of a folder, and say what that freed."""
    return FilesUse() if folder is None else FilesUse(*SnapshotCache(folder, 0).clear())
