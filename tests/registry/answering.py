"""How a scripted registry sends what it has to send: a fault is what happens to one answer."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

SLICE = 4096


@dataclass(frozen=True)
class Fault:
    """What happens to one request for a blob. ``at``: after so many bytes of the body, ``value``: what the kind makes of it."""

    kind: str
    at: int = 0
    value: int = 0


@dataclass
class Seen:
    """A request as it came."""

    place: str
    method: str
    path: str
    headers: dict[str, str]
    sent: int = 0


class Answering(BaseHTTPRequestHandler):
    """Answers of any kind. ``server`` has the ``script`` (``scripted.Scripted``)."""

    protocol_version = "HTTP/1.1"
    server: Any
    timeout = 20

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (its name)
        pass

    def setup(self) -> None:
        super().setup()
        self.server.script.connections += 1
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.script.slice_bytes == SLICE:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)

    def _json(self, value: Any) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        headers = headers or {}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)
        self.close_connection = self.close_connection or headers.get("Connection") == "close"

    def _drain(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _stall(self) -> None:
        """Say nothing until the other side gives up."""
        self.connection.settimeout(self.server.script.stall_s)
        with contextlib.suppress(OSError):
            self.connection.recv(1)
        self._end()

    def _end(self, *, reset: bool = False) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, data: bytes, faults: list[Fault], headers: dict[str, str], seen: Seen | None = None) -> None:
        """The range that was asked for, with the next fault in it."""
        script = self.server.script
        with script.lock:
            fault = faults.pop(0) if faults else Fault("none")
        start, end = 0, len(data)
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked and fault.kind != "ignore_range":
            start, end = int(asked[1]), min(len(data), int(asked[2]) + 1)
        body = bytearray(data[start:end])
        status, told, whole = (206 if asked else 200), start, len(data)
        match fault.kind:
            case "status":
                return self._answer(fault.value, b"busy", {"Connection": "close"})
            case "gone":
                return self._end(reset=bool(fault.value))
            case "garbage":
                self.connection.sendall(b"what do you want?\r\n\r\n")
                return self._end()
            case "stall_before":
                return self._stall()
            case "loop":
                return self._answer(302, b"", {"Location": self.path})
            case "expire":
                script.valid.clear()
            case "ignore_range":
                status = 200
            case "flip" if body:
                body[fault.at % len(body)] ^= 1 << fault.value % 8
            case "lying_start":
                told = start + 1
            case "lying_total":
                whole = len(data) + 7
            case "compressed":
                headers = {**headers, "Content-Encoding": "gzip"}
        length = len(body) + {"shorter": -1 - fault.at % max(1, len(body)), "longer": 5}.get(fault.kind, 0)
        if fault.kind == "extra":
            body += b"more"
            length += 4
        self.send_response(status)
        if status == 206 and fault.kind != "no_content_range":
            self.send_header("Content-Range", f"bytes {told}-{told + len(body) - 1}/{whole}")
        for name, value in headers.items():
            self.send_header(name, value)
        if fault.kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        elif fault.kind == "no_length":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(max(0, length)))
        self.end_headers()
        if self.command == "HEAD":
            return None
        stop = fault.at % (len(body) + 1) if fault.kind in ("drop", "reset", "stall") else len(body)
        self._write(bytes(body[:stop]), seen, chunked=fault.kind == "chunked")
        match fault.kind:
            case "drop" | "longer" | "no_length" | "shorter":
                self._end()
            case "reset":
                self._end(reset=True)
            case "stall":
                self._stall()
        return None

    def _write(self, data: bytes, seen: Seen | None, *, chunked: bool) -> None:
        rate, size = self.server.script.bytes_per_s, self.server.script.slice_bytes
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            self.connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            if seen is not None:
                seen.sent += len(piece)
            if rate:
                time.sleep(len(piece) / rate)
        if chunked:
            self.connection.sendall(b"0\r\n\r\n")
