"""A client that does not read at once gets everything in the end."""

from __future__ import annotations

import socket

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
