"""Files of this machine that a model on the host is made from: found, hashed, and sent where the host does not have them."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from pathlib import Path

from ..errors import SourceError
from ..events import Progress
from ..run import CancelToken
from ..sources import locate
from .line import Line

_OF_A_MODEL = (".safetensors", ".json", ".txt", ".model", ".gguf", ".bin", ".jinja")
_BLOCK_BYTES = 1 << 20
_FOUND = 200


def send(line: Line, argument: str, base: Path, cancel: CancelToken) -> Generator[Progress, None, dict[str, str] | None]:
    """Send what FROM or ADAPTER names on this machine. Gives digests by file names; None when it is no file but the name of a model.

    Raises: SourceError, Unreachable, Cancelled.
    """
    path = locate(argument, base)
    if path is None:
        return None
    files = sorted(one for one in path.iterdir() if one.suffix in _OF_A_MODEL and one.is_file()) if path.is_dir() else [path]
    if not files:
        raise SourceError(f"{path} holds no model.", hint="Name a folder with safetensors, or a GGUF file.", path=path)
    sent = {}
    for file in files:
        digest = yield from _hash(file, cancel)
        if line.status("HEAD", f"/api/blobs/{digest}", cancel) != _FOUND:
            size = file.stat().st_size
            yield Progress("copying", digest, facts={"what": f"file {file.name}"})
            line.send(f"/api/blobs/{digest}", _blocks(file, cancel), size, cancel)
        sent[file.name] = digest
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
        raise SourceError(f"{file} cannot be read: {error.strerror}.", hint="Check the path.", path=file) from error
