"""``save``: models in one file, to be carried to another machine."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import DigestMismatch, SourceError
from ..events import Progress
from ..models import Saved
from ..names import Digest
from ..oci import Image, Part, parts, size_bytes
from ..sentences import Sentence
from ..store import Store, disk
from .resolve import resolve

_EVERY_S = 0.1


def save(store: Store, names: Sequence[str], target: Path, *, cancel: CancelToken) -> Generator[Progress, None, Saved]:
    """Write models with all their layers into one file, an OCI image layout in a tar; what several share is in it once.

    The file appears when it is complete; one that was there is replaced.
    Raises: InvalidName, ModelNotFound, SourceError when the file cannot be written, StoreError and its kin, Cancelled.
    """
    if not names:
        raise SourceError("no model to save is named.", hint="Give at least one name.", path=target)
    found = []
    for name in names:
        found.append((yield from resolve(store, name, cancel)).name)
    with store.begin() as work:  # so that nobody removes a blob meanwhile
        images, blobs = [], {}
        for model in map(work.open, found):
            images.append(Image(model.name, model.manifest))
            reader, _ = work.find(model.name)
            blobs.update({layer.digest: reader.blobs.require(layer.digest) for layer in model.manifest.blobs})
        total = size_bytes(images)
        with _written(target, total) as file:
            yield from _write(file, parts(images), blobs, total, target.name, cancel)
    return Saved(str(target), total, tuple(str(image.name) for image in images))


@contextmanager
def _written(target: Path, total: int) -> Iterator[int]:
    """A descriptor to write to; its file gets its name when all went well, and is gone otherwise."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    descriptor = -1
    try:
        disk.require_room(target.parent, total)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        yield descriptor
        os.fsync(descriptor)
        temporary.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            Sentence("%1 cannot be written: %2.", target, Sentence.of(reason)), hint="Check the folder and its permissions.", path=target
        ) from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)
        temporary.unlink(missing_ok=True)


def _write(
    file: int, pieces: Iterable[Part], blobs: dict[Digest, Path], total: int, what: str, cancel: CancelToken
) -> Generator[Progress, None, None]:
    done, shown = 0, 0.0
    for piece in pieces:
        content = _content(blobs[piece.blob], piece.blob, piece.size) if piece.blob is not None else (piece.data,)
        for block in content:
            cancel.check()
            disk.write_all(file, block)
            done += len(block)
            if time.monotonic() - shown >= _EVERY_S:
                shown = time.monotonic()
                yield Progress("saving", completed=done, total=total, facts={"what": what})
    yield Progress("saving", completed=done, total=total, facts={"what": what})


def _content(path: Path, digest: Digest, size: int) -> Iterator[bytes]:
    """A blob's bytes. Raises: DigestMismatch when they are not as many as its manifest says."""
    with disk.explained(path):
        if path.stat().st_size != size:
            raise DigestMismatch(
                Sentence("blob %1 is damaged: it has %2 bytes instead of %3.", digest, f"{path.stat().st_size:,}", f"{size:,}"),
                hint="Create or pull the model again.", expected=str(digest), actual="",
            )  # fmt: skip
        left = size
        for block in disk.blocks_of(path):
            left -= len(block)
            yield block[: left or None] if left < 0 else block
