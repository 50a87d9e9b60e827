"""One connection to a process that does work for the kernel: frames go out, what comes back is sorted by request.

``Worker`` (process.py) is a link to a child over pipes, ``Attached`` (attach.py) one to a runner over a socket. Besides the answers to
requests a runner sends word of itself: ``pong`` (an answer to ``ping``), ``record`` (what it is now) and ``bye`` (it ends as it should).
"""

from __future__ import annotations

import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Self

from ..cancelling import CancelToken
from ..errors import EngineCrashed, EngineError
from ..sentences import Sentence
from .frames import ByteReader, ByteWriter, Frame, read_frame, write_frame

ENDS_WITHIN_S = 5.0


class Mailbox:
    """The frames of one request, in order of arrival. After ``close`` later ones are dropped."""

    def __init__(self, link: Link, request: int) -> None:
        self.request = request
        self._link = link
        self._frames: SimpleQueue[Frame | None] = SimpleQueue()

    def receive(self, cancel: CancelToken | None = None) -> Frame:
        """Wait for the next frame.

        Raises: Cancelled; EngineCrashed when the other side is gone; the error that it sent.
        """
        frame = self.poll(None, cancel)
        assert frame is not None  # without a timeout there is always one
        return frame

    def poll(self, timeout: float | None, cancel: CancelToken | None = None) -> Frame | None:
        """``receive`` that gives up after ``timeout`` seconds and returns None."""
        self._link.check_owner()
        forget = cancel.on_cancel(self.wake) if cancel is not None else None
        self._link.begin_waiting()
        try:
            while True:
                if cancel is not None:
                    cancel.check()
                frame = self._frames.get(timeout=timeout)
                if frame is not None:
                    frame.raise_error()
                    return frame
                if not self._link.alive:
                    self.wake()  # whoever asks next gets the same answer
                    raise self._link.crashed()
        except Empty:
            return None
        finally:
            self._link.end_waiting()
            if forget is not None:
                forget()

    def put(self, frame: Frame) -> None:
        """A frame has arrived."""
        self._frames.put(frame)

    def wake(self) -> None:
        """Let a waiting ``receive`` look again whether it is cancelled or the other side gone."""
        self._frames.put(None)

    def close(self) -> None:
        self._link.forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Link(ABC):
    """Frames both ways. Sending and receiving are safe from several threads.

    ``farewell`` says that the other side has taken its leave, ``record`` what it last told of itself, ``pulse`` its last ``pong``.
    Units: ``heard_at`` and ``waiting_since`` in seconds of ``time.monotonic``; the latter is None while nobody waits.
    """

    def __init__(self, writer: ByteWriter, what: str) -> None:
        self.what = what
        self.farewell = False
        self.record: Mapping[str, Any] | None = None
        self.pulse: Mapping[str, Any] = {}
        self.heard_at = time.monotonic()
        self.waiting_since: float | None = None
        self._owner = os.getpid()
        self._waiting = 0
        self._counting = threading.Lock()
        self._writer = writer
        self._sending = threading.Lock()
        self._boxes: dict[int, Mailbox] = {}
        self._ended = threading.Event()
        self._refusal: EngineError | None = None

    @property
    @abstractmethod
    def log(self) -> list[str]:
        """The last lines that the other side wrote to standard output or error, as far as they are known."""

    @abstractmethod
    def crashed(self) -> EngineError:
        """How the other side ended, as the error to raise."""

    @abstractmethod
    def close(self) -> None:
        """Have nothing to do with the other side any more; who waits for it gets an error. A child of our own ends with it."""

    @abstractmethod
    def kill(self) -> None:
        """End the other side now."""

    @abstractmethod
    def _bury(self) -> None:
        """No more frames will come: find out why and let go of what belongs to the connection (reading thread)."""

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    def wait_ended(self, seconds: float) -> bool:
        """Wait for the end of the connection. Returns whether it came."""
        return self._ended.wait(seconds)

    def send(self, frame: Frame) -> None:
        """Raises: EngineCrashed when the other side is gone; EngineError if the frame is too large, or in a fork."""
        self.check_owner()
        self.begin_waiting()
        try:
            with self._sending:
                write_frame(self._writer, frame)
        except (OSError, ValueError):  # broken, or closed meanwhile
            self._ended.wait(ENDS_WITHIN_S)
            raise self.crashed() from None
        finally:
            self.end_waiting()

    def try_send(self, frame: Frame) -> None:
        """Send something that may as well be lost; not while somebody else is sending, who may never get done."""
        if self._sending.acquire(blocking=False):
            try:
                with suppress(OSError, ValueError):
                    write_frame(self._writer, frame)
            finally:
                self._sending.release()

    def give_up(self, why: EngineError) -> None:
        """End the other side; who waits for it gets this error."""
        self._refusal = why
        self.kill()

    def check_owner(self) -> None:
        """Raises: EngineError in a fork of the process that has connected: it would talk into another's conversation."""
        if os.getpid() != self._owner:
            hint = "Ask for the model again: a fork has connections of its own."
            raise EngineError(Sentence("The connection to %1 belongs to the process that this one was forked from.", self.what), hint=hint)

    def mailbox(self, request: int) -> Mailbox:
        """Where the frames of this request are kept from now on."""
        box = self._boxes[request] = Mailbox(self, request)
        if not self.alive:
            box.wake()  # nobody else will
        return box

    def forget(self, box: Mailbox) -> None:
        """Drop what still arrives for this mailbox."""
        self._boxes.pop(box.request, None)

    def begin_waiting(self) -> None:
        """Somebody needs the other side from now on."""
        with self._counting:
            self._waiting += 1
            if self._waiting == 1:
                self.waiting_since = time.monotonic()

    def end_waiting(self) -> None:
        """The opposite of ``begin_waiting``."""
        with self._counting:
            self._waiting -= 1
            if not self._waiting:
                self.waiting_since = None

    def _sort(self, stream: ByteReader) -> None:
        """Put arriving frames where they belong, until there are no more (thread)."""
        try:
            while (frame := read_frame(stream)) is not None:
                self.heard_at = time.monotonic()
                self._take(frame)
        except EngineError as error:
            self._refusal = self._refusal or error
        except (OSError, ValueError):
            pass  # the stream is gone, and with it the other side
        self._bury()
        if isinstance(self._refusal, EngineCrashed):
            self._refusal.facts["log"] = self.log
        self._ended.set()
        for box in list(self._boxes.values()):
            box.wake()

    def _take(self, frame: Frame) -> None:
        match frame.kind:
            case "pong":
                self.pulse = frame.fields
            case "record":
                self.record = frame.fields
            case "bye":
                self.farewell = True
            case _:
                box = self._boxes.get(frame.id)
                if box is not None:
                    box.put(frame)
