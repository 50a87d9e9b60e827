"""Debian's ``docker-registry`` as a test uses it: on loopback, on a port of its own, in a temporary folder, stopped in the end."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

_CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: "127.0.0.1:{port}", secret: for-tests-only}}
"""
_LOGIN = """\
auth: {{htpasswd: {{realm: tests, path: {path}}}}}
"""
_PATIENCE_S = 60


class RealRegistry:
    """A running registry.

    Args:
        folder: where its configuration and its blobs lie.
        htpasswd: who may use it: a name, and the bcrypt hash of a password.
    """

    def __init__(self, folder: Path, htpasswd: str = "") -> None:
        program = shutil.which("docker-registry", path="/usr/bin:/usr/local/bin:/bin")
        assert program, "docker-registry is missing: bash tests/run.sh installs it"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self._command = [program, "serve", str(folder / "config.yml")]
        login = _LOGIN.format(path=folder / "htpasswd") if htpasswd else ""
        (folder / "htpasswd").write_text(f"{htpasswd}\n")
        (folder / "config.yml").write_text(_CONFIG.format(root=folder / "data", port=self.port) + login)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> RealRegistry:
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(self._command, stdout=self._log, stderr=subprocess.STDOUT)
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                status, _ = self.get("/v2/")
                assert status in (200, 401)
                return self
            except OSError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < until, "docker-registry does not answer"
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE_S)
        self._log.close()

    def get(self, path: str, accept: str = "*/*") -> tuple[int, bytes]:
        """Status and body of a path, asked for by nobody's client but Python's."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def tags(self, repository: str) -> list[str]:
        return list(json.loads(self.get(f"/v2/{repository}/tags/list")[1])["tags"])
