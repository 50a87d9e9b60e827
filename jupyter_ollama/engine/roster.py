"""Which runners there are, and how to start one and reach it.

``SharedRoster`` is a folder that all kernels of the user look at; ``PrivateRoster`` knows the children of this process only.

    <runtime>/lock          held while somebody decides whether to start a runner
    <runtime>/<id>.json     its record, which it keeps up to date
    <runtime>/<id>.sock     where it listens
    <runtime>/<id>.log      what it and llama.cpp write; locked as long as it runs

The folder is for this user alone (0700). What a runner that was killed leaves there is cleared away by whoever looks next.
"""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from ..cancelling import CancelToken
from ..errors import EngineError
from ..sentences import Sentence
from .attach import Attached
from .frames import Frame
from .link import Link
from .locks import is_free, release, take
from .process import Worker, start_child
from .record import Record, boot, build, read_record

MODULE = "jupyter_ollama.engine.worker.serve"
MAX_ADDRESS_BYTES = 100  # systems differ: 104 or 108 with the zero at the end
LOCK_PATIENCE_S = 60.0
CONNECTS_WITHIN_S = 5.0
STRAY_AFTER_S = 60.0


class Roster(Protocol):
    """The runners that can be used from here."""

    def deciding(self, cancel: CancelToken) -> AbstractContextManager[None]:
        """Nobody else decides meanwhile what is started. Raises: Cancelled, EngineError, OSError."""
        ...

    def records(self) -> list[Record]:
        """All that run on this machine, those included that are to be left alone."""
        ...

    def start(self, record: Record, what: str) -> None:
        """Start a process for this record. Raises: EngineError; OSError where there can be no sockets."""
        ...

    def connect(self, record: Record, what: str) -> Link | None:
        """Reach it; None when it is gone."""
        ...


class PrivateRoster:
    """Runners that end with this process."""

    def __init__(self) -> None:
        self._deciding = threading.Lock()
        self._workers: dict[str, tuple[Record, Worker]] = {}

    @contextmanager
    def deciding(self, cancel: CancelToken) -> Iterator[None]:
        """See ``Roster.deciding``."""
        while not self._deciding.acquire(timeout=0.05):
            cancel.check()
        try:
            yield
        finally:
            self._deciding.release()

    def records(self) -> list[Record]:
        """See ``Roster.records``."""
        found = []
        for first, worker in list(self._workers.values()):
            if not worker.alive:
                self._workers.pop(first.id, None)
            elif not worker.farewell:
                found.append((worker.record and Record.from_fields(worker.record)) or first)
        return found

    def start(self, record: Record, what: str) -> None:
        """See ``Roster.start``."""
        worker = Worker.start(MODULE, what=what)
        self._workers[record.id] = record, worker
        worker.send(Frame("hello", 0, {"build": build(), "record": asdict(record)}))

    def connect(self, record: Record, what: str) -> Link | None:
        """See ``Roster.connect``."""
        _, worker = self._workers.get(record.id, (None, None))
        return worker if worker is not None and worker.alive else None


class SharedRoster:
    """Runners that outlive the kernel that started them. The folder is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def deciding(self, cancel: CancelToken) -> Iterator[None]:
        """See ``Roster.deciding``. Raises: OSError also when the folder cannot be had for this user alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # fails when it is another user's
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            until = time.monotonic() + LOCK_PATIENCE_S
            while not take(descriptor):
                if time.monotonic() > until:
                    hint = "If a process hangs or was stopped (Ctrl+Z), let it go on or end it."
                    raise EngineError(
                        Sentence("Another process has kept %1 for %2 s.", self.folder / "lock", f"{LOCK_PATIENCE_S:.0f}"), hint=hint
                    )
                cancel.wait(0.005)
            self._sweep()
            yield
        finally:
            release(descriptor)

    def records(self) -> list[Record]:
        """See ``Roster.records``."""
        found = []
        for path in self.folder.glob("*.json"):
            record = read_record(path)
            if record is None or record.machine != platform.node():  # the folder may be one that several machines see
                continue
            if record.boot == boot() and self._runs(record):
                found.append(record)
            else:
                self._clear(record.id)
        return found

    def start(self, record: Record, what: str) -> None:
        """See ``Roster.start``."""
        log = os.open(self._place(record.id, "log"), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            take(log)  # the child inherits it
            with socket.socket(socket.AF_UNIX) as listener:
                with self._address(record.id) as address:
                    listener.bind(address)
                self._place(record.id, "sock").chmod(0o600)
                listener.listen(128)
                record.write(self._place(record.id, "json"))
                child = start_child(
                    MODULE, what, str(listener.fileno()), str(self._place(record.id, "json")),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(listener.fileno(),),
                )  # fmt: skip
        except BaseException:
            self._clear(record.id)
            raise
        finally:
            os.close(log)
        threading.Thread(target=child.wait, name="ollama-reaper", daemon=True).start()

    def connect(self, record: Record, what: str) -> Link | None:
        """See ``Roster.connect``."""
        client = socket.socket(socket.AF_UNIX)
        try:
            client.settimeout(CONNECTS_WITHIN_S)
            with self._address(record.id) as address:
                client.connect(address)
            client.settimeout(None)
            log = self._place(record.id, "log").open("rb")
        except OSError:
            client.close()
            return None
        link = Attached(client, log, what, lambda: self._pid(record.id))
        with suppress(EngineError):  # whoever asks it for something will notice
            link.send(Frame("hello", 0, {"build": build()}))
        return link

    def _pid(self, id: str) -> int:  # noqa: A002
        """The process of a runner; 0 when it has ended."""
        record = read_record(self._place(id, "json"))
        return record.pid if record is not None and self._runs(record) else 0

    def _runs(self, record: Record) -> bool:
        return not is_free(self._place(record.id, "log")) and (not record.pid or _exists(record.pid))

    def _sweep(self) -> None:
        """Clear away what never became a runner."""
        for path in self.folder.glob("*.log"):
            with suppress(OSError):
                stray = not path.with_suffix(".json").exists() and time.time() - path.stat().st_mtime > STRAY_AFTER_S
                if stray and is_free(path):
                    self._clear(path.stem)

    def _clear(self, id: str) -> None:  # noqa: A002
        for path in self.folder.glob(f"{id}.*"):  # a record that was being written is among them
            with suppress(OSError):
                path.unlink()

    def _place(self, id: str, kind: str) -> Path:  # noqa: A002
        return self.folder / f"{id}.{kind}"

    @contextmanager
    def _address(self, id: str) -> Iterator[str]:  # noqa: A002
        """The path of a socket as the system takes it: one that is too long goes by way of the open folder (Linux)."""
        path = str(self._place(id, "sock"))
        if len(os.fsencode(path)) <= MAX_ADDRESS_BYTES:
            yield path
            return
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            yield f"/proc/self/fd/{descriptor}/{id}.sock"
        finally:
            os.close(descriptor)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
