"""Blobs: immutable files named by their sha256. Nothing here knows what is in them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Generator, Iterator
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import BlobNotFound, CorruptManifest, DigestMismatch, SourceError
from ..events import Progress
from ..manifest import Layer
from ..names import Digest
from ..pread import RangeReader
from ..sentences import Sentence
from . import disk
from .hashing import Hashing, Work
from .leases import Lease
from .links import Linked, Links
from .locks import Lock

MAX_TEXT_BYTES = 16 << 20


class Blobs:
    """The ``blobs`` folder of a store.

    Args:
        lease: what is added or used again is held by it until it ends. Without one, only its age protects a blob that no model holds.
    """

    def __init__(self, folder: Path, lock: Lock, links: Links, lease: Lease | None = None) -> None:
        self.folder = folder
        self.links = links
        self.lease = lease
        self._lock = lock

    def path(self, digest: Digest) -> Path:
        return self.folder / digest.file_name

    def has(self, digest: Digest) -> bool:
        return self.path(digest).is_file()

    def require(self, digest: Digest) -> Path:
        """The path of a blob that must be there.

        Raises: BlobNotFound.
        """
        with disk.explained(self.folder):
            for path in (self.path(digest), self.folder / str(digest)):  # the second: as very old versions of Ollama named it
                if path.is_file():
                    return path
        raise self._not_found(digest)

    def read(self, digest: Digest) -> bytes:
        """The bytes of a small blob (template, parameters, config ...).

        Raises: BlobNotFound; CorruptManifest when it is too large to be text.
        """
        data = self.head(digest, MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            raise CorruptManifest(
                Sentence("blob %1 is too large for a text layer.", digest), hint="Create or pull the model again.", path=self.path(digest)
            )
        return data

    def head(self, digest: Digest, limit_bytes: int) -> bytes:
        """The first bytes of a blob, all of it if it has no more.

        Raises: BlobNotFound, StoreError.
        """
        path = self.require(digest)
        try:
            with path.open("rb") as file:
                return file.read(limit_bytes)
        except FileNotFoundError:
            raise self._not_found(digest) from None
        except OSError:
            with disk.explained(path):
                raise

    @contextlib.contextmanager
    def reserve(self) -> Iterator[Path]:
        """A temporary path inside the folder; whatever is left of it in the end is removed."""
        with disk.explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"sha256-{secrets.randbelow(10**12):012d}"
        self._claim("temporary", path.name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(self, data: bytes) -> tuple[Digest, bool]:
        """Store a small blob; the flag says whether it is new."""
        digest = Digest(hashlib.sha256(data).hexdigest())
        with self._lock.held():
            if self._reused(digest, len(data)):
                return digest, False
        with self.reserve() as temporary, disk.explained(self.folder, len(data)):
            disk.write_file(temporary, data)
            return digest, self.adopt(temporary, digest)

    def adopt(self, temporary: Path, digest: Digest, *, linked: Linked | None = None, fetched: bool = False) -> bool:
        """Publish a finished temporary under its digest; True when it is new, False when the store had it.

        Args:
            linked: when this is a link to the user's own file. Its mode and times are left alone.
            fetched: it took time to bring it here: should the work fail, it stays for the next try, as long as any blob that nobody holds.
        """
        path = self.path(digest)
        with disk.explained(path):
            if linked is None:
                temporary.chmod(0o644)
                os.utime(temporary)
            disk.sync_file(temporary)
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lock.held():
                if self._reused(digest, temporary.stat().st_size):
                    return False
                self._claim("use" if fetched else "new", digest.file_name)
                if linked is not None:
                    self.links.record(digest, linked)
                temporary.replace(path)
                if linked is None:
                    self.links.forget(digest)
            disk.sync_folder(self.folder)
        return True

    def reuse(self, digest: Digest, size: int) -> bool:
        """Rely on a blob that is there whole, until the lease ends; False when it has to be brought."""
        with self._lock.held(), disk.explained(self.folder):
            return self._reused(digest, size)

    def use(self, digest: Digest) -> None:
        """Rely on a blob until the lease ends. Called with the store's lock held."""
        self._claim("use", digest.file_name)

    def _reused(self, digest: Digest, size: int) -> bool:
        """Rely on a blob if it is there and neither cut short nor in doubt; otherwise it is to be replaced."""
        try:
            state = self.path(digest).stat()
        except FileNotFoundError:
            return False
        if state.st_size != size or self.links.doubted(digest, state):
            return False
        self.use(digest)
        if state.st_nlink == 1 and not self.links.has(digest):  # else its times are the user's
            with contextlib.suppress(OSError):
                os.utime(self.path(digest))
        return True

    def _claim(self, kind: str, name: str) -> None:
        if self.lease is not None:
            self.lease.add(kind, name)

    def import_file(self, source: Path, cancel: CancelToken, *, what: str = "") -> Generator[Progress, None, tuple[Digest, int, bool]]:
        """Take a local file into the store, without a second copy where links work; gives digest, size and whether it is new.

        Args:
            what: what its progress calls it; the file's name by default.
        Raises: SourceError when it cannot be read or changes meanwhile; DiskFull, StoreError, Cancelled.
        """
        with _readable(source):
            before = source.stat()
        with self.reserve() as temporary:
            with disk.explained(self.folder):
                cloned = disk.clone(source, temporary)
                linked = Linked(str(source.absolute()), temporary.stat()) if not cloned and disk.link(source, temporary) else None
            if not cloned and not linked:
                disk.require_room(self.folder, before.st_size)
            for done in (work := Hashing(_taking(source, temporary, copy=not cloned and not linked), cancel)):
                yield Progress("copying", completed=done, total=before.st_size, facts={"what": what or f"file {source.name}"})
            with _readable(source):
                after = source.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise SourceError(
                    Sentence("%1 changed while it was read.", source), hint="Wait until it is complete, then create again.", path=source
                )
            digest = Digest(work.hex)
            return digest, after.st_size, self.adopt(temporary, digest, linked=linked)

    def take_out(
        self, source: RangeReader, offset: int, layer: Layer, cancel: CancelToken, *, what: str
    ) -> Generator[Progress, None, None]:
        """Copy a layer out of a larger file, unless the store has it.

        Args:
            what: what its progress calls the file.
        Raises: DigestMismatch when it is another content (nothing is kept then); SourceError, DiskFull, StoreError, Cancelled.
        """
        if self.reuse(layer.digest, layer.size):
            return

        def work(report: disk.Report, token: CancelToken) -> str:
            starts = range(offset, offset + layer.size, disk.BLOCK_BYTES)
            blocks = (source.read(start, min(disk.BLOCK_BYTES, offset + layer.size - start)) for start in starts)
            with disk.explained(temporary, layer.size):
                return disk.copy_and_hash(blocks, temporary, report, token)

        with self.reserve() as temporary:
            for done in (hashing := Hashing(work, cancel)):
                yield Progress("taking_out", layer.digest.short, done, layer.size, {"what": what})
            if hashing.hex != layer.digest.hex.lower():
                raise DigestMismatch(
                    Sentence("the %1 %2 in %3 is damaged: its content hashes to sha256:%4.",
                             layer.kind, layer.digest, source.path, hashing.hex),
                    hint="Copy the file again, or save it again.", expected=str(layer.digest), actual=f"sha256:{hashing.hex}",
                )  # fmt: skip
            self.adopt(temporary, layer.digest)

    def confirm(self, digest: Digest, cancel: CancelToken, *, what: str) -> Generator[Progress, None, None]:
        """Make sure that a blob still is what was imported. Only one that shares its file with the user's, and was touched, is read.

        Args:
            what: what it belongs to, for the message.
        Raises: BlobNotFound; DigestMismatch when somebody changed the file in place; Cancelled.
        """
        path = self.require(digest)
        with disk.explained(path):
            state = path.stat()
            if not self.links.doubted(digest, state):
                return
            for done in (work := Hashing(lambda report, token: disk.hash_file(path, report, token), cancel)):
                yield Progress("rehashing", digest=str(digest), completed=done, total=state.st_size)
        source = self.links.source(digest)
        if work.hex != digest.hex.lower():
            raise DigestMismatch(
                Sentence("blob %1 of %2 is no longer what was imported: it shares its file with %3, which was changed since.",
                         digest, Sentence.of(what), source),
                hint="Bring back the old content, or create the model again from the file as it is now.",
                expected=str(digest), actual=f"sha256:{work.hex}", path=path,
            )  # fmt: skip
        with contextlib.suppress(OSError):  # a store that cannot be written to is hashed again next time
            if state.st_nlink == 1:
                self.links.forget(digest)
            else:
                self.links.record(digest, Linked(source, state))

    def verify(self, digest: Digest, cancel: CancelToken | None = None) -> None:
        """Raises: BlobNotFound; DigestMismatch when the content is not what its name says."""
        path = self.require(digest)
        with disk.explained(path):
            actual = disk.hash_file(path, lambda done: None, cancel or CancelToken())
        if actual != digest.hex.lower():
            raise DigestMismatch(
                Sentence("blob %1 is damaged: its content hashes to sha256:%2.", digest, actual), hint="Create or pull the model again.",
                expected=str(digest), actual=f"sha256:{actual}",
            )  # fmt: skip

    def remove(self, digest: Digest) -> int:
        """Delete a blob; gives its size, 0 when it was not there. Called with the store's lock held."""
        path = self.path(digest)
        with disk.explained(path):
            try:
                size = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                size = 0
        self.links.forget(digest)
        return size

    def _not_found(self, digest: Digest) -> BlobNotFound:
        hint = "Create or pull the model again."
        return BlobNotFound(Sentence("blob %1 is not in the store at %2.", digest, self.folder), hint=hint, digest=digest)


def _taking(source: Path, temporary: Path, *, copy: bool) -> Work:
    """What there is to do to have ``source`` at ``temporary`` and its hash."""
    if not copy:
        return lambda report, cancel: disk.hash_file(temporary, report, cancel)

    def work(report: disk.Report, cancel: CancelToken) -> str:
        with disk.explained(temporary, source.stat().st_size):
            return disk.copy_and_hash(disk.blocks_of(source), temporary, report, cancel)

    return work


@contextlib.contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(Sentence("%1 cannot be read: %2.", source, error.strerror), hint="Check the path.", path=source) from error
