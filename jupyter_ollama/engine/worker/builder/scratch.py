"""Nameless files that have a path: native code opens them by it, and nothing is left of them however the process ends."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_OPEN_FILES = Path("/proc/self/fd")


@contextlib.contextmanager
def scratch_file(folder: Path | None = None) -> Iterator[tuple[IO[bytes], Path]]:
    """An empty file to write and the path under which this process can open it.

    It lies on the disk of ``folder``; without one, for small things, in memory. Files may be sparse. Where the system has no nameless
    files it is an ordinary temporary file.
    """
    if _OPEN_FILES.is_dir():
        with _nameless(folder) as file:
            yield file, _OPEN_FILES / str(file.fileno())
    else:
        with tempfile.NamedTemporaryFile(dir=folder) as named:
            yield named, Path(named.name)


def _nameless(folder: Path | None) -> IO[bytes]:
    if folder is None and hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("scratch"), "w+b")
    return tempfile.TemporaryFile(dir=folder)
