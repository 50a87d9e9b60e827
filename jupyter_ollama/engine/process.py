"""A child process that runs native code for a kernel: start it, talk to it in frames, end it, and say how it died.

    with Worker.start("jupyter_ollama.engine.worker.builder", what="the builder of mario") as worker:
        worker.send(Frame("build", fields={...}))
        while (frame := worker.receive(cancel)).kind != "built":  # raises Cancelled, EngineCrashed, the child's own errors
            ...

In the child, ``main(channel: Channel)`` of that module is called (see worker/boot.py). The child is started by ``subprocess``,
never forked, in a session of its own: an interrupt of the kernel does not reach it. It ends when its parent does. What it, or the
native library, writes to standard output or error is kept as a bounded list of log lines.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import weakref
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Self

from ..errors import EngineCrashed, EngineError
from ..run import CancelToken
from .frames import Frame, read_frame, write_frame

LOG_LINES = 200
LOG_LINE_BYTES = 2000
ENDS_WITHIN_S = 5.0
_SOURCE_FOLDER = re.compile(r"^/\S*/(?=[\w.-]+:\d+: )")  # of the machine where the library was compiled
_BOOT = Path(__file__).with_name("worker") / "boot.py"
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])


class Mailbox:
    """The frames of one request, in order of arrival. After ``close`` later ones are dropped."""

    def __init__(self, worker: Worker, request: int) -> None:
        self.request = request
        self._worker = worker
        self._frames: SimpleQueue[Frame | None] = SimpleQueue()

    def receive(self, cancel: CancelToken | None = None) -> Frame:
        """Wait for the next frame.

        Raises: Cancelled; EngineCrashed when the child is gone; the error that the child sent.
        """
        frame = self.poll(None, cancel)
        assert frame is not None  # without a timeout there is always one
        return frame

    def poll(self, timeout: float | None, cancel: CancelToken | None = None) -> Frame | None:
        """``receive`` that gives up after ``timeout`` seconds and returns None."""
        forget = cancel.on_cancel(self.wake) if cancel is not None else None
        try:
            while True:
                if cancel is not None:
                    cancel.check()
                frame = self._frames.get(timeout=timeout)
                if frame is not None:
                    frame.raise_error()
                    return frame
                if not self._worker.alive:
                    self.wake()  # whoever asks next gets the same answer
                    raise self._worker.crashed()
        except Empty:
            return None
        finally:
            if forget is not None:
                forget()

    def put(self, frame: Frame) -> None:
        """A frame has arrived."""
        self._frames.put(frame)

    def wake(self) -> None:
        """Let a waiting ``receive`` look again whether it is cancelled or the child gone."""
        self._frames.put(None)

    def close(self) -> None:
        self._worker.forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Worker:
    """A running child. Sending and receiving are safe from several threads; ``receive`` reads the mailbox of request 0."""

    def __init__(self, process: subprocess.Popen[bytes], what: str) -> None:
        self.what = what
        self.pid = process.pid
        self._process = process
        self._sending = threading.Lock()
        self._boxes: dict[int, Mailbox] = {}
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._ended = threading.Event()
        self._stopped = False
        self._refusal: EngineError | None = None
        self._first = self.mailbox(0)
        self._finalizer = weakref.finalize(self, _end, process, os.getpid())  # also when the interpreter exits
        assert process.stdout is not None
        assert process.stderr is not None
        listener = threading.Thread(target=self._listen, args=(process.stderr,), name="ollama-log", daemon=True)
        listener.start()
        threading.Thread(target=self._sort, args=(process.stdout, listener), name="ollama-frames", daemon=True).start()

    @classmethod
    def start(cls, module: str, *, what: str = "the engine process", spin_count: int | None = None) -> Self:
        """Start a child that calls ``main(channel)`` of ``module``.

        Args:
            what: its name in errors.
            spin_count: how often its OpenMP threads look for one another before they sleep, unless the user has settled that.
        Raises: EngineError if the system starts no process.
        """
        command = [sys.executable, "-P", str(_BOOT), module, str(os.getpid()), json.dumps(_import_path())]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                env=_environment(spin_count),
            )  # fmt: skip
        except OSError as error:
            raise EngineError(f"The system does not start {what}: {error.strerror}.", hint="Free some memory.") from error
        return cls(process, what)

    def send(self, frame: Frame) -> None:
        """Raises: EngineCrashed when the child is gone; EngineError if the frame is too large."""
        assert self._process.stdin is not None
        try:
            with self._sending:
                write_frame(self._process.stdin, frame)
        except (OSError, ValueError):  # a broken pipe, or one that was closed meanwhile
            self._ended.wait(ENDS_WITHIN_S)
            raise self.crashed() from None

    def receive(self, cancel: CancelToken | None = None) -> Frame:
        """Wait for the next frame of request 0; see ``Mailbox.receive``."""
        return self._first.receive(cancel)

    def poll(self, timeout: float | None, cancel: CancelToken | None = None) -> Frame | None:
        """``receive`` that gives up after ``timeout`` seconds and returns None."""
        return self._first.poll(timeout, cancel)

    def mailbox(self, request: int) -> Mailbox:
        """Where the frames of this request are kept from now on."""
        box = self._boxes[request] = Mailbox(self, request)
        if not self.alive:
            box.wake()  # nobody else will
        return box

    def forget(self, box: Mailbox) -> None:
        """Drop what still arrives for this mailbox."""
        self._boxes.pop(box.request, None)

    def kill(self) -> None:
        """End the child now; whoever waits for it gets an error. Does nothing when it has ended, or in a fork of its owner."""
        self._stopped = True
        self._finalizer()
        self._ended.wait(ENDS_WITHIN_S)

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    @property
    def log(self) -> list[str]:
        """The last lines that the child wrote to standard output or error."""
        return list(self._log)

    def crashed(self) -> EngineError:
        """How the child ended, as the error to raise: EngineCrashed unless it was told to end or was not understood."""
        log, code = self.log, self._process.returncode
        subject = f"{self.what[0].upper()}{self.what[1:]}"
        if self._stopped:
            return EngineError(f"{subject} was stopped.", hint="It starts anew when it is needed.")
        if self._refusal is not None and code in (None, -signal.SIGKILL):
            return self._refusal
        name = _signal_name(code)
        how = f"was ended by {name}" if name else f"ended with exit code {code}"
        last = next((_SOURCE_FOLDER.sub("", line.strip()) for line in reversed(log) if line.strip()), "")
        hint = "The kernel is not affected; the next call starts anew."
        if name == "SIGKILL":
            hint = "Often the memory was not enough: try a smaller model, quantization or num_ctx. The next call starts anew."
        why = f": {last.rstrip('.')}." if last else "."
        return EngineCrashed(f"{subject} {how}{why}", hint=hint, signal=name, exit_code=None if name else code, log=log)

    def _listen(self, stream: IO[bytes]) -> None:
        """Keep the last log lines (thread)."""
        with suppress(OSError, ValueError):
            while line := stream.readline(LOG_LINE_BYTES):
                self._log.append(line.decode("utf-8", "replace").rstrip())

    def _sort(self, stream: IO[bytes], listener: threading.Thread) -> None:
        """Put arriving frames into their mailboxes; at the end find out how the child ended (thread)."""
        try:
            while (frame := read_frame(stream)) is not None:
                box = self._boxes.get(frame.id)
                if box is not None:
                    box.put(frame)
        except EngineError as error:
            self._refusal = error
        except (OSError, ValueError):
            pass  # the pipe is gone, and so is the child
        self._bury(listener)

    def _bury(self, listener: threading.Thread) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=ENDS_WITHIN_S / 5 if self._refusal is None else 0.2)
        self._process.kill()
        self._process.wait()
        listener.join(timeout=1.0)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]  # all three are pipes
        self._ended.set()
        for box in list(self._boxes.values()):
            box.wake()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() == owner:  # a fork of the kernel must not end the kernel's children
        process.kill()


def _signal_name(code: int | None) -> str | None:
    if code is None or code >= 0:
        return None
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _environment(spin_count: int | None) -> dict[str, str] | None:
    if spin_count is None or "OMP_WAIT_POLICY" in os.environ:
        return None
    return {"GOMP_SPINCOUNT": str(spin_count), **os.environ}


def _import_path() -> list[str]:
    """Where the child looks for modules: where the kernel does, but never in the working directory, where a file of the user may
    have the name of a module."""
    here = str(Path.cwd())
    path = [entry for entry in sys.path if entry and entry not in (".", here)]
    return path if _PACKAGE_ROOT in path else [_PACKAGE_ROOT, *path]
