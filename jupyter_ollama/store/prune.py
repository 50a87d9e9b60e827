"""What may go from a store when nobody works on it: blobs no model holds, and what crashes left behind.

    sha256-<64 hex>                  goes if no model holds it, no running work relies on it, and it is an hour old
    sha256-<digits>                  a temporary: goes under the same conditions
    sha256-<64 hex>-partial[-N]      a download that can go on: stays, however old, until its blob is there
    anything else                    is not ours: stays

The hour is for Ollama, whose work in the same store holds no lease: it spares what is younger, and so do we.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from ..errors import CorruptManifest, ModelNotFound, StoreError
from ..models import Pruned
from ..sentences import Sentence
from . import disk
from .blobs import Blobs
from .tags import Tags

GRACE_S = 3600.0

_BLOB = re.compile(r"sha256-[0-9a-fA-F]{64}", re.ASCII)
_TEMPORARY = re.compile(r"sha256-[0-9]{1,20}", re.ASCII)
_PARTIAL = re.compile(r"(sha256-[0-9a-fA-F]{64})-partial(-[0-9]+)?", re.ASCII)
_MANIFEST_TEMPORARY = re.compile(r"\.[0-9a-f]{16}", re.ASCII)


def held_by_models(tags: Tags) -> set[str]:
    """Names of the blobs that some model needs.

    Raises: CorruptManifest when a manifest cannot be read: what it needs cannot be known, so nothing may go.
    """
    try:
        return {layer.digest.file_name for _, manifest in tags.manifests(strict=True) for layer in manifest.blobs}
    except ModelNotFound:  # deleted by somebody without our lock
        return held_by_models(tags)
    except StoreError as error:
        name = error.facts.get("name")
        hint = Sentence("Create %1 again or delete it (%%ollama rm %1), then prune.", name) if name else error.hint
        raise CorruptManifest(Sentence("nothing was pruned: %1", Sentence.of(error.message)), hint=hint, **error.facts) from error


def prune(tags: Tags, blobs: Blobs, relied_on: Callable[[], set[str]], grace_s: float) -> Pruned:
    """Remove what may go. Called with the store's lock held, after what dead processes left has been cleared up.

    Args:
        relied_on: what running work relies on. Asked for after the folder was read: work says so before it makes a file.

    Raises: CorruptManifest, StoreError.
    """
    removed: list[int] = []
    unfinished = 0
    entries = _entries(blobs.folder)
    needed = held_by_models(tags) | relied_on()
    there = {entry.name for entry in entries}
    for entry in entries:
        if partial := _PARTIAL.fullmatch(entry.name):
            if partial[1] not in there:
                unfinished += _disk_bytes(entry)
                continue
        elif not (_BLOB.fullmatch(entry.name) or _TEMPORARY.fullmatch(entry.name)) or entry.name in needed:
            continue
        with contextlib.suppress(FileNotFoundError):
            if time.time() - entry.stat(follow_symlinks=False).st_mtime >= grace_s:
                removed.append(_disk_bytes(entry))
                Path(entry).unlink()
    blobs.links.clear(blobs.folder)
    _tidy(tags.folder)
    return Pruned(len(removed), sum(removed), unfinished)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        return [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    return []


def _disk_bytes(entry: os.DirEntry[str]) -> int:
    """Bytes a file takes on the disk; an unfinished download is sparse."""
    return disk.taken_bytes(entry.stat(follow_symlinks=False))


def _tidy(manifests: Path) -> None:
    """Remove manifests that were never finished, and folders without any."""
    for folder, _, files in os.walk(manifests, topdown=False):
        for name in files:
            if Path(folder) == manifests and _MANIFEST_TEMPORARY.fullmatch(name):
                (manifests / name).unlink(missing_ok=True)
        if Path(folder) != manifests:
            with contextlib.suppress(OSError):
                Path(folder).rmdir()
