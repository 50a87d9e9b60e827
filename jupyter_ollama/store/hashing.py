"""Long hashing on a thread of its own, so that whoever waits can report and cancel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from ..cancelling import CancelToken
from ..errors import Cancelled
from .disk import Report

_EVERY_S = 0.1
Work = Callable[[Report, CancelToken], str]


class Hashing:
    """Work that ends with a hash. Iterating does it and gives the bytes done now and then; then ``hex`` has the result.

    Raises: whatever the work raises.
    """

    def __init__(self, work: Work, cancel: CancelToken) -> None:
        self._hash, self._cancel = work, cancel
        self._done = 0
        self._given_up = False
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
            self._given_up = True
            thread.join()
        if self._error is not None:
            raise self._error
        yield self._done

    def _work(self) -> None:
        try:
            self.hex = self._hash(self._report, self._cancel)
        except BaseException as error:  # noqa: BLE001 (raised again where the iterator is read)
            self._error = error

    def _report(self, done: int) -> None:
        if self._given_up:
            raise Cancelled("cancelled.")
        self._done = done
