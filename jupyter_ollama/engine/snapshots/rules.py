"""Which snapshots are kept, and where: what a runner is told when it loads a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .cache import SnapshotCache


@dataclass(frozen=True, slots=True)
class SnapshotRules:
    """Args:
        folder: where they lie.
        max_bytes: what they may take together.
        after_s: the beginning that all prompts of a model share is kept if evaluating it took at least so many seconds.
    """

    folder: Path
    max_bytes: int
    after_s: float

    @property
    def cache(self) -> SnapshotCache:
        return SnapshotCache(self.folder, self.max_bytes)

    def to_fields(self) -> dict[str, object]:
        """As a frame carries it."""
        return {"folder": str(self.folder), "max_bytes": self.max_bytes, "after_s": self.after_s}

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """What ``to_fields`` wrote."""
        return cls(Path(fields["folder"]), fields["max_bytes"], fields["after_s"])
