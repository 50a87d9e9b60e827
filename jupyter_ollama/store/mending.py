"""Blobs as very old versions of Ollama named them: ``sha256:<x>`` becomes ``sha256-<x>``, of files and of folders; other names stay.

Each rename is one step, so it matters to nobody who reads the blob at that moment or does the same at the same time.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

OLD, NEW = "sha256:", "sha256-"


def mend(blobs: Path) -> None:
    """Give every blob in the folder its present name. What cannot be renamed, or would take another's place, keeps its old one."""
    with contextlib.suppress(OSError):
        with os.scandir(blobs) as entries:
            old = [entry.name for entry in entries if entry.name.startswith(OLD)]
        for name in old:
            target = blobs / (NEW + name.removeprefix(OLD))
            with contextlib.suppress(OSError):
                if not target.exists():
                    (blobs / name).rename(target)
