"""A registry behind https, and the two kinds of proxy on the way to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NAME = "registry.test"


def certificate(folder: Path) -> Path:
    """A certificate for ``registry.test`` and this machine, that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def server_side(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class ConnectProxy:
    """A proxy that connects to one place, whatever it is asked for. ``asked`` has the heads of the requests.

    Args:
        target: host and port of the place.
        refuses: the status line that everybody gets instead.
    """

    def __init__(self, target: str, refuses: str = "") -> None:
        host, _, port = target.partition(":")
        self.asked: list[str] = []
        self._target, self._refuses = (host, int(port)), refuses
        self._server = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()

    @property
    def url(self) -> str:
        return f"http://me:geheim@127.0.0.1:{self._server.getsockname()[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[ConnectProxy]:
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()
            self._server.close()
            for one in self._threads:
                one.join()

    def _accept(self) -> None:
        while not self._stop.is_set():
            if select.select([self._server], [], [], 0.02)[0]:
                client, _ = self._server.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            head = b""
            while not head.endswith(b"\r\n\r\n") and (byte := client.recv(1)):
                head += byte
            self.asked.append(head.decode())
            if self._refuses:
                client.sendall(f"HTTP/1.1 {self._refuses}\r\n\r\n".encode())
                return
            with socket.create_connection(self._target) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self._copy(client, server)

    def _copy(self, client: socket.socket, server: socket.socket) -> None:
        while not self._stop.is_set():
            for one in select.select([client, server], [], [], 0.02)[0]:
                try:
                    data = one.recv(65_536)
                    (server if one is client else client).sendall(data)
                except OSError:
                    return
                if not data:
                    return
