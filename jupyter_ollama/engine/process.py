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
import signal
import subprocess
import sys
import threading
import weakref
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from ..cancelling import CancelToken
from ..errors import EngineError
from ..sentences import Sentence
from .autopsy import LOG_LINE_BYTES, LOG_LINES, death, stopped
from .frames import Frame
from .link import ENDS_WITHIN_S, Link

_BOOT = Path(__file__).with_name("worker") / "boot.py"
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
SPIN_COUNT = 30_000
"""How often OpenMP's threads look for one another before they sleep: for about a millisecond, unless the user has settled that. Its own
answer is ten times as much, which lasts too long until ``worker/waiting.py`` sees that others want the CPUs."""


class Worker(Link):
    """A running child; ``receive`` reads the mailbox of request 0."""

    def __init__(self, process: subprocess.Popen[bytes], what: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        super().__init__(process.stdin, what)
        self.pid = process.pid
        self._process = process
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._stopped = False
        self._first = self.mailbox(0)
        self._finalizer = weakref.finalize(self, _end, process, os.getpid())  # also when the interpreter exits
        self._listener = threading.Thread(target=self._listen, args=(process.stderr,), name="ollama-log", daemon=True)
        self._listener.start()
        threading.Thread(target=self._sort, args=(process.stdout,), name="ollama-frames", daemon=True).start()

    @classmethod
    def start(cls, module: str, *, what: str = "the engine process") -> Self:
        """Start a child that calls ``main(channel)`` of ``module``.

        Args:
            what: its name in errors.
        Raises: EngineError if the system starts no process.
        """
        pipe = subprocess.PIPE
        return cls(start_child(module, what, parent=os.getpid(), stdin=pipe, stdout=pipe, stderr=pipe), what)

    def receive(self, cancel: CancelToken | None = None) -> Frame:
        """Wait for the next frame of request 0; see ``Mailbox.receive``."""
        return self._first.receive(cancel)

    def poll(self, timeout: float | None, cancel: CancelToken | None = None) -> Frame | None:
        """``receive`` that gives up after ``timeout`` seconds and returns None."""
        return self._first.poll(timeout, cancel)

    def kill(self) -> None:
        """End the child now; whoever waits for it gets an error. Does nothing when it has ended, or in a fork of its owner."""
        self._stopped = True
        self._finalizer()
        self._ended.wait(ENDS_WITHIN_S)

    def close(self) -> None:
        """See ``kill``: nobody else has use for the child."""
        self.kill()

    @property
    def log(self) -> list[str]:
        """The last lines that the child wrote to standard output or error."""
        return list(self._log)

    def crashed(self) -> EngineError:
        """How the child ended, as the error to raise: EngineCrashed unless it was told to end or was not understood."""
        code = self._process.returncode
        if self._refusal is not None and code in (None, -signal.SIGKILL):
            return self._refusal
        if self._stopped or self.farewell:
            return stopped(self.what)
        name = _signal_name(code)
        return death(self.what, name, None if name else code, self.log)

    def _listen(self, stream: IO[bytes]) -> None:
        """Keep the last log lines (thread)."""
        with suppress(OSError, ValueError):
            while line := stream.readline(LOG_LINE_BYTES):
                self._log.append(line.decode("utf-8", "replace").rstrip())

    def _bury(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=ENDS_WITHIN_S / 5 if self._refusal is None else 0.2)
        self._process.kill()
        self._process.wait()
        self._listener.join(timeout=1.0)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]  # all three are pipes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def start_child(module: str, what: str, *arguments: str, parent: int = 0, **streams: Any) -> subprocess.Popen[bytes]:
    """Start a process that runs ``module`` by way of worker/boot.py.

    Args:
        arguments: what it is told besides.
        parent: the process it ends with; 0 lets it outlive us.
        streams: for ``Popen``.
    Raises: EngineError if the system starts no process.
    """
    command = [sys.executable, "-P", str(_BOOT), module, str(parent), json.dumps(_import_path()), *arguments]
    try:
        return subprocess.Popen(command, start_new_session=True, env=_environment(), **streams)
    except OSError as error:
        raise EngineError(
            Sentence("The system does not start %1: %2.", Sentence.of(what), error.strerror), hint="Free some memory."
        ) from error


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


def _environment() -> dict[str, str] | None:
    return None if "OMP_WAIT_POLICY" in os.environ else {"GOMP_SPINCOUNT": str(SPIN_COUNT), **os.environ}


def _import_path() -> list[str]:
    """Where the child looks for modules: where the kernel does, but never in the working directory, where a file of the user may
    have the name of a module."""
    here = str(Path.cwd())
    path = [entry for entry in sys.path if entry and entry not in (".", here)]
    return path if _PACKAGE_ROOT in path else [_PACKAGE_ROOT, *path]
