"""The few things that differ between file systems and operating systems: links, copies that hash, durable renames, full disks."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import queue
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import DiskFull, StoreError
from ..sentences import Sentence

BLOCK_BYTES = 4 << 20
Report = Callable[[int], None]


@contextlib.contextmanager
def explained(path: Path, needed_bytes: int | None = None) -> Iterator[None]:
    """Turn the operating system's errors about ``path`` into ours.

    Raises: DiskFull, StoreError.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(path, needed_bytes) from error
        reason = error.strerror or str(error)
        raise StoreError(
            Sentence("the model store at %1 cannot be used: %2.", path, Sentence.of(reason)),
            hint="Check the folder's permissions or set OLLAMA_MODELS.", path=path,
        ) from error  # fmt: skip


def disk_full(path: Path, needed_bytes: int | None) -> DiskFull:
    """The error for a disk without room."""
    free = free_bytes(path)
    what = Sentence("no room left on the disk of %1: %2 are free.", path, f"{free:,}")
    if needed_bytes:
        what = Sentence("no room left on the disk of %1: %2 bytes are needed, %3 are free.", path, f"{needed_bytes:,}", f"{free:,}")
    return DiskFull(
        what, hint="Delete models you do not need (%ollama rm NAME) or set OLLAMA_MODELS to a larger disk.",
        path=path, needed_bytes=needed_bytes, free_bytes=free,
    )  # fmt: skip


def free_bytes(path: Path) -> int:
    """Free bytes on the file system that holds ``path`` (or its nearest parent that exists)."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return shutil.disk_usage(path).free


def taken_bytes(state: os.stat_result) -> int:
    """What a file really takes on the disk: it may have holes."""
    return getattr(state, "st_blocks", -(-state.st_size // 512)) * 512


def require_room(path: Path, needed_bytes: int) -> None:
    """Raises: DiskFull, before the first byte is written."""
    if needed_bytes > free_bytes(path):
        raise disk_full(path, needed_bytes)


def link(source: Path, target: Path) -> bool:
    """Give ``source`` a second name by a hard link, unless somebody else can write to it.

    It is the linked file that is looked at, so it does not matter who can rename things in the folder of ``source``: another file there
    is no longer this one. A file that is somebody else's from the start is not even linked for a moment, which would show in its times.
    Returns False where there is no link (another file system, no permission, a file that is not the user's alone).
    """
    try:
        if not is_private(source):
            return False
        os.link(source.resolve(), target)
    except OSError:
        return False
    if is_private(target):
        return True
    target.unlink()
    return False


def is_private(path: Path) -> bool:
    """Whether only this user (and root) can write to a file: it is the user's own, and writable for nobody else.

    Group-writable is fine if the group is the user's private one, of the user's name and with no other member: where each user has
    such a group, files are made that way. Access lists count, since their mask shows among the group's bits.
    """
    state = path.stat()
    if not hasattr(os, "geteuid") or state.st_uid != os.geteuid() or not stat.S_ISREG(state.st_mode) or state.st_mode & stat.S_IWOTH:
        return False
    return not state.st_mode & stat.S_IWGRP or _is_private_group(state.st_gid)


def _is_private_group(gid: int) -> bool:
    import grp  # not on every platform
    import pwd

    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def clone(source: Path, target: Path) -> bool:
    """Make ``target`` a file of its own that shares the blocks of ``source`` until one of them changes, where the file system can."""
    if sys.platform != "linux":
        return False
    import fcntl  # not on every platform

    ficlone = 0x40049409
    try:
        with source.open("rb") as reader, target.open("xb") as writer:
            fcntl.ioctl(writer.fileno(), ficlone, reader.fileno())
    except FileExistsError:
        raise
    except OSError:
        target.unlink(missing_ok=True)
        return False
    return True


def hash_file(path: Path, report: Report, cancel: CancelToken) -> str:
    """Hex sha256 of a file. ``report`` gets the bytes done.

    Raises: Cancelled, OSError.
    """
    sha, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        buffer = memoryview(bytearray(min(BLOCK_BYTES, os.fstat(file.fileno()).st_size + 1)))
        while count := file.readinto(buffer):
            cancel.check()
            sha.update(buffer[:count])
            done += count
            report(done)
    return sha.hexdigest()


def copy_and_hash(blocks: Iterable[bytes], target: Path, report: Report, cancel: CancelToken) -> str:
    """Write blocks to a new file while a second thread hashes them, which makes the hash nearly free. Returns hex sha256.

    Raises: Cancelled, OSError.
    """
    sha, done = hashlib.sha256(), 0
    waiting: queue.Queue[bytes] = queue.Queue(maxsize=4)

    def follow() -> None:
        while block := waiting.get():
            sha.update(block)

    hasher = threading.Thread(target=follow, name="ollama-hash", daemon=True)
    hasher.start()
    try:
        with target.open("wb", buffering=0) as writer:
            for block in blocks:
                cancel.check()
                waiting.put(block)
                write_all(writer.fileno(), block)
                done += len(block)
                report(done)
            os.fsync(writer.fileno())
    finally:
        waiting.put(b"")
        hasher.join()
    return sha.hexdigest()


def blocks_of(path: Path) -> Iterator[bytes]:
    """A file in large pieces. Raises: OSError."""
    with path.open("rb", buffering=0) as reader:
        while block := reader.read(BLOCK_BYTES):
            yield block


def read_small(path: str, limit_bytes: int) -> tuple[bytes, float]:
    """A small file, read with as few calls as can be, and when it was written (seconds since 1970). Of one that is larger than it may be
    come more than ``limit_bytes``.

    Raises: OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        state = os.fstat(descriptor)
        wanted = min(state.st_size, limit_bytes) + 1
        data = os.read(descriptor, wanted)
        while len(data) < wanted - 1 and (more := os.read(descriptor, wanted - len(data))):
            data += more
        return data, state.st_mtime
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """``os.write`` until everything is written."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_durably(path: Path, data: bytes, temporary: Path) -> None:
    """Replace ``path`` by ``data`` in one step: readers see the old content or the new, also after a power cut."""
    write_file(temporary, data)
    temporary.replace(path)
    sync_folder(path.parent)


def write_file(path: Path, data: bytes) -> None:
    """Write a file and make sure that it is on the disk."""
    with path.open("wb", buffering=0) as file:
        write_all(file.fileno(), data)
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Make sure the content of ``path`` is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make sure the names in ``folder`` are on the disk (where the platform can)."""
    with contextlib.suppress(OSError):
        sync_file(folder)
