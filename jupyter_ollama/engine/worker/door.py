"""Where the kernels of a user come in: a Unix socket that only this user can open, in a folder that only this user can enter."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from .channel import Channel
from .tenancy import Tenancy, TenantChannel

MAX_BACKLOG_BYTES = 64 << 20


class Door:
    """Accepts clients; each becomes a ``TenantChannel`` that is given to ``admit``."""

    def __init__(self, listener: socket.socket, tenancy: Tenancy, admit: Callable[[Channel], None]) -> None:
        self._listener = listener
        self._tenancy = tenancy
        self._admit = admit
        self._ends = Ends()

    def open(self) -> None:
        """Accept from now on (in a thread)."""
        threading.Thread(target=self._accept, name="door", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # too many files are open, perhaps not for long
                time.sleep(0.1)
                continue
            pid, user = _peer(client)
            if user != os.getuid():
                client.close()
                continue
            forget = self._ends.watch(pid, partial(_shut, client))
            hang_up = partial(_hang_up, client, forget)
            channel = TenantChannel(client.makefile("rb"), PatientWriter(client), self._tenancy, hang_up)
            try:
                self._admit(channel)
            except RuntimeError:  # no thread is left to listen with
                self._tenancy.leave(channel)
                hang_up()


class PatientWriter:
    """Writes to a client that may not be reading: what it does not take now waits, so that nobody else has to wait for it."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0

    def write(self, data: bytes) -> None:
        """Raises: OSError when the client is gone, or has not read for too long."""
        with self._lock:
            drains = bool(self._backlog)
            if not drains:
                with suppress(BlockingIOError):
                    data = data[self._client.send(data, socket.MSG_DONTWAIT) :]
                if not data:
                    return
            self._backlog.append(data)
            self._backlog_bytes += len(data)
            if not drains:  # beware: the thread looks at the backlog at once
                self._begin_to_drain()
            if self._backlog_bytes > MAX_BACKLOG_BYTES:
                _shut(self._client)
                raise OSError("the client does not read")

    def flush(self) -> None:
        """Nothing is held back on purpose."""

    def _begin_to_drain(self) -> None:
        try:
            threading.Thread(target=self._drain, name="backlog", daemon=True).start()
        except RuntimeError as error:
            _shut(self._client)
            raise OSError("no thread is left to send with") from error

    def _drain(self) -> None:
        with suppress(OSError):
            while True:
                self._client.sendall(self._backlog[0])
                with self._lock:
                    self._backlog_bytes -= len(self._backlog.popleft())
                    if not self._backlog:
                        return


class Ends:
    """Notices the end of client processes: a fork may still hold the connection of one that is gone (Linux)."""

    def __init__(self) -> None:
        self._calls: dict[int, Callable[[], None]] = {}
        self._poll = select.epoll() if hasattr(os, "pidfd_open") and hasattr(select, "epoll") else None
        if self._poll is not None:
            threading.Thread(target=self._wait, name="ends", daemon=True).start()

    def watch(self, pid: int, call: Callable[[], None]) -> Callable[[], None]:
        """Call once when that process has ended. Returns what takes it back."""
        if self._poll is None or pid <= 0:  # one that cannot be seen from here
            return lambda: None
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            return lambda: None
        self._calls[descriptor] = call
        self._poll.register(descriptor, select.EPOLLIN | select.EPOLLONESHOT)
        return lambda: self._forget(descriptor)

    def _forget(self, descriptor: int) -> None:
        if self._calls.pop(descriptor, None) is not None:
            os.close(descriptor)  # which also takes it out of the poll

    def _wait(self) -> None:
        assert self._poll is not None
        while True:
            for descriptor, _ in self._poll.poll():
                call = self._calls.get(descriptor)
                if call is not None:
                    call()


def _peer(client: socket.socket) -> tuple[int, int]:
    """Process and user at the other end; 0 and our own where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return 0, os.getuid()
    held = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, user, _ = struct.unpack("3i", held)
    return pid, user


def _shut(client: socket.socket) -> None:
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def _hang_up(client: socket.socket, forget: Callable[[], None]) -> None:
    forget()
    _shut(client)
    client.close()
