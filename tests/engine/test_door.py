"""A client that does not read at once gets everything in the end."""

from __future__ import annotations

import socket
import threading

import pytest

from jupyter_ollama.engine.worker.door import PatientWriter


def test_what_a_client_does_not_take_at_once_is_sent_when_it_reads() -> None:
    """The first write that has to wait starts a thread; that must not look before there is something to send."""
    for _ in range(60):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.settimeout(10)
            writer = PatientWriter(ours)
            sent = [bytes([number]) * 600_000 for number in range(3)]
            for data in sent:
                writer.write(data)
            read, missing = bytearray(), sum(map(len, sent))
            while len(read) < missing:
                read += theirs.recv(1 << 20)
            assert read == b"".join(sent)


def test_a_client_is_left_where_no_thread_can_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(OSError, match="no thread"):
            PatientWriter(ours).write(b"a" * 10_000_000)
        theirs.settimeout(10)
        while theirs.recv(1 << 20):
            pass


def no_thread(thread: threading.Thread) -> None:
    """What a system says that has no more of them."""
    raise RuntimeError("can't start new thread")
