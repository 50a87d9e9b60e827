"""Blobs: immutable files named by their sha256. Nothing here knows what is in them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from ..errors import BlobNotFound, CorruptManifest, DigestMismatch, SourceError
from ..events import Progress
from ..names import Digest
from ..run import CancelToken
from . import disk

MAX_TEXT_BYTES = 16 << 20
_EVERY_S = 0.1


class Blobs:
    """The ``blobs`` folder of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reserved: set[Path] = set()
        self._lock = threading.Lock()

    def path(self, digest: Digest) -> Path:
        return self.folder / digest.file_name

    def has(self, digest: Digest) -> bool:
        return self.path(digest).is_file()

    def require(self, digest: Digest) -> Path:
        """The path of a blob that must be there.

        Raises: BlobNotFound.
        """
        path = self.path(digest)
        if not path.is_file():
            hint = "Create or pull the model again."
            raise BlobNotFound(f"blob {digest} is not in the store at {self.folder}.", hint=hint, digest=digest)
        return path

    def read(self, digest: Digest) -> bytes:
        """The bytes of a small blob (template, parameters, config ...).

        Raises: BlobNotFound; CorruptManifest when it is too large to be text.
        """
        path = self.require(digest)
        with disk.explained(path), path.open("rb") as file:
            data = file.read(MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            raise CorruptManifest(f"blob {digest} is too large for a text layer.", hint="Create or pull the model again.", path=path)
        return data

    @contextlib.contextmanager
    def reserve(self) -> Iterator[Path]:
        """A temporary path inside the folder; whatever is left of it in the end is removed."""
        with disk.explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"sha256-{secrets.randbelow(10**12):012d}"
        with self._lock:
            self._reserved.add(path)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
            with self._lock:
                self._reserved.discard(path)

    def adopt(self, temporary: Path, digest: Digest, *, linked: bool = False) -> bool:
        """Publish a finished temporary under its digest; True when it is new, False when the store had it.

        ``linked``: the file is a link to somebody's file, so its mode and times are left alone.
        """
        path = self.path(digest)
        with disk.explained(path):
            if path.is_file():
                temporary.unlink()
                self.touch(digest)
                return False
            if not linked:
                temporary.chmod(0o644)
                disk.sync_file(temporary)
                os.utime(temporary)
            temporary.replace(path)
            disk.sync_folder(self.folder)
        return True

    def touch(self, digest: Digest) -> None:
        """Mark a blob as used now, which protects it from being pruned as an orphan. The times of a file that is also the user's stay."""
        with contextlib.suppress(OSError):
            if self.path(digest).stat().st_nlink == 1:
                os.utime(self.path(digest))

    def put(self, data: bytes) -> tuple[Digest, bool]:
        """Store a small blob; the flag says whether it is new."""
        digest = Digest(hashlib.sha256(data).hexdigest())
        if self.has(digest):
            self.touch(digest)
            return digest, False
        with self.reserve() as temporary, disk.explained(self.folder, len(data)):
            temporary.write_bytes(data)
            return digest, self.adopt(temporary, digest)

    def import_file(self, source: Path, cancel: CancelToken) -> Generator[Progress, None, tuple[Digest, int, bool]]:
        """Take a local file into the store, without a second copy where links work; gives digest, size and whether it is new.

        Raises: SourceError when it cannot be read or changes meanwhile; DiskFull, StoreError, Cancelled.
        """
        with _readable(source):
            before = source.stat()
        with self.reserve() as temporary:
            with disk.explained(self.folder):
                linked = disk.link(source, temporary)
            if not linked:
                disk.require_room(self.folder, before.st_size)
            work = _Hashing(source, temporary, linked, cancel)
            for done in work:
                yield Progress("copying", completed=done, total=before.st_size, facts={"what": f"file {source.name}"})
            with _readable(source):
                after = source.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise SourceError(f"{source} changed while it was read.", hint="Wait until it is complete, then create again.", path=source)
            digest = Digest(work.hex)
            return digest, after.st_size, self.adopt(temporary, digest, linked=linked)

    def verify(self, digest: Digest, cancel: CancelToken | None = None) -> None:
        """Raises: BlobNotFound; DigestMismatch when the content is not what its name says."""
        path = self.require(digest)
        with disk.explained(path):
            actual = disk.hash_file(path, lambda done: None, cancel or CancelToken())
        if actual != digest.hex.lower():
            raise DigestMismatch(
                f"blob {digest} is damaged: its content hashes to sha256:{actual}.", hint="Create or pull the model again.",
                expected=str(digest), actual=f"sha256:{actual}",
            )  # fmt: skip

    def remove(self, digest: Digest) -> int:
        """Delete a blob; gives its size, 0 when it was not there."""
        path = self.path(digest)
        with disk.explained(path):
            try:
                size = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                return 0
        return size


class _Hashing:
    """Hashes a file (copying it where it could not be linked) on a thread; iterating gives the bytes done now and then."""

    def __init__(self, source: Path, temporary: Path, linked: bool, cancel: CancelToken) -> None:
        self._source, self._temporary, self._linked, self._cancel = source, temporary, linked, cancel
        self._done = 0
        self._error: BaseException | None = None
        self.hex = ""

    def __iter__(self) -> Iterator[int]:
        thread = threading.Thread(target=self._work, name="ollama-import", daemon=True)
        thread.start()
        shown = time.monotonic()
        try:
            while thread.is_alive():
                thread.join(_EVERY_S)
                if time.monotonic() - shown >= _EVERY_S:
                    shown = time.monotonic()
                    yield self._done
        finally:
            thread.join()
        if self._error is not None:
            raise self._error
        yield self._done

    def _work(self) -> None:
        try:
            if self._linked:
                self.hex = disk.hash_file(self._temporary, self._report, self._cancel)
            else:
                with disk.explained(self._temporary, self._source.stat().st_size):
                    self.hex = disk.copy_and_hash(self._source, self._temporary, self._report, self._cancel)
        except BaseException as error:  # noqa: BLE001 (raised again where the iterator is read)
            self._error = error

    def _report(self, done: int) -> None:
        self._done = done


@contextlib.contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(f"{source} cannot be read: {error.strerror}.", hint="Check the path.", path=source) from error
