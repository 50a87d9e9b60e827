"""What lies in a folder of this machine, for somebody who looks for a model there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .shown import Fields, Shown

EntryKind = Literal["folder", "model folder", "adapter folder", "gguf", "modelfile", "file"]


@dataclass(frozen=True, slots=True)
class Entry(Fields):
    """A folder or file. ``kind`` says what can be made of it; the size of a folder is 0."""

    name: str
    path: Path
    kind: EntryKind
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Folder(Shown):
    """A folder and what is in it: folders first, each by name. ``cut``: there is more; ``parent`` is None at the top."""

    path: Path
    parent: Path | None
    entries: tuple[Entry, ...] = ()
    cut: bool = False
