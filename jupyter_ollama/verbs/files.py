"""``files``: what lies in a folder, with what can be made of it."""

from __future__ import annotations

from pathlib import Path

from ..files import Folder
from ..sources import listing
from .places import here


def files(folder: str | Path | None) -> Folder:
    """See ``Ollama.files``. Raises: SourceError."""
    return listing(here(folder))
