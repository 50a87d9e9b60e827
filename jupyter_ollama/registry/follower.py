"""Hashing a file while it grows: what is on the disk without a gap is read and hashed on a thread of its own, so that the digest is known
a moment after the last byte has arrived, whatever the order in which they came.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

_BLOCK_BYTES = 1 << 20
_POLL_S = 0.1


class Follower:
    """The sha256 of a file that others fill.

    Args:
        front: says how many bytes from the start are there.
        changed: is notified when there are more.
    """

    def __init__(self, path: Path, size: int, front: Callable[[], int], changed: threading.Condition) -> None:
        self.hex = ""
        self.error: OSError | None = None
        self._path, self._size, self._front, self._changed = path, size, front, changed
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="ollama-hash", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return bool(self.hex) or self.error is not None

    def stop(self) -> None:
        """Give up, or wait for the end."""
        self._stopped = True
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            hexadecimal = self._hash()
        except OSError as error:
            self.error = error
        else:
            self.hex = hexadecimal
        with self._changed:
            self._changed.notify_all()

    def _hash(self) -> str:
        sha, done = hashlib.sha256(), 0
        buffer = memoryview(bytearray(min(_BLOCK_BYTES, self._size + 1)))
        with self._path.open("rb", buffering=0) as file:
            while done < self._size:
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or self._front() > done, _POLL_S)  # noqa: B023 (called at once)
                if self._stopped:
                    return ""
                while done < (front := self._front()) and not self._stopped:
                    count = file.readinto(buffer[: min(len(buffer), front - done)])
                    if not count:
                        raise OSError(5, "the file became shorter while it was downloaded")
                    sha.update(buffer[:count])
                    done += count
        return sha.hexdigest()
