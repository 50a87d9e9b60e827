"""Files of this machine that a model on the host is made from: found, hashed, and sent where the host does not have them."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import SourceError
from ..events import Progress
from ..sentences import Sentence
from ..sources import locate, pick_files
from .line import Line

_BESIDE = (".txt", ".model", ".jinja")
"""Texts that tokenizers of some models need besides those that every model has."""
_BLOCK_BYTES = 1 << 20
_FOUND = 200


def send(
    line: Line, argument: str, base: Path, cancel: CancelToken, *, adapter: bool = False
) -> Generator[Progress, None, dict[str, str] | None]:  # fmt: skip
    """Send what FROM or ADAPTER names on this machine. Gives digests by the names that the files have in their folder, those in folders of
    it as ``1_Pooling/config.json``; None when it is no file but the name of a model.

    Raises: SourceError, Unreachable, Cancelled.
    """
    path = locate(argument, base)
    if path is None:
        return None
    picked, sent = pick_files(path, adapter=adapter), {}
    beside = [one for one in picked.folder.iterdir() if one.suffix in _BESIDE and one.is_file()] if picked.extras else []
    for file in sorted({*picked.files, *beside}):
        digest = yield from _hash(file, cancel)
        if line.status("HEAD", f"/api/blobs/{digest}", cancel) != _FOUND:
            size = file.stat().st_size
            yield Progress("copying", digest, facts={"what": f"file {file.name}"})
            line.send(f"/api/blobs/{digest}", _blocks(file, cancel), size, cancel)
        sent[file.relative_to(picked.folder).as_posix()] = digest
    return sent


def _hash(file: Path, cancel: CancelToken) -> Generator[Progress, None, str]:
    sha, done, total = hashlib.sha256(), 0, file.stat().st_size
    for number, block in enumerate(_blocks(file, cancel)):
        sha.update(block)
        done += len(block)
        if number % 64 == 0:
            yield Progress("checking", completed=done, total=total, facts={"what": f"file {file.name}"})
    return f"sha256:{sha.hexdigest()}"


def _blocks(file: Path, cancel: CancelToken) -> Iterator[bytes]:
    try:
        with file.open("rb") as opened:
            while block := opened.read(_BLOCK_BYTES):
                cancel.check()
                yield block
    except OSError as error:
        raise SourceError(Sentence("%1 cannot be read: %2.", file, error.strerror), hint="Check the path.", path=file) from error
