"""Who the user is to a registry: an ed25519 key pair, in Ollama's place and format.

    <home>/.ollama/id_ed25519        OpenSSH private key without a password, for its owner only (0600)
    <home>/.ollama/id_ed25519.pub    ssh-ed25519 <base64>

It is made when it is first needed.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OllamaError, RegistryError
from ..sentences import Sentence

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_MAX_KEY_BYTES = 65_536


class Identity:
    """The key pair in a file. Safe to use from several threads and processes: the first one to make it wins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._key: Ed25519PrivateKey | None = None

    @property
    def public_line(self) -> str:
        """``ssh-ed25519 AAAA…``: what a profile on a registry's web page takes.

        Raises: RegistryError when the file cannot be read or made.
        """
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._private().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    def signature(self, data: bytes) -> str:
        """``<public key>:<signature>`` of these bytes, as a token request carries it. Raises: RegistryError."""
        public = self.public_line.split(" ")[1]
        return f"{public}:{base64.b64encode(self._private().sign(data)).decode()}"

    def _private(self) -> Ed25519PrivateKey:
        with self._lock:
            if self._key is None:
                try:
                    self._key = self._read() or self._make()
                except OSError as error:
                    raise self._unusable(error.strerror or str(error)) from error
            return self._key

    def _read(self) -> Ed25519PrivateKey | None:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key

        try:
            with self.path.open("rb") as file:
                text = file.read(_MAX_KEY_BYTES)
            key = load_ssh_private_key(text, password=None)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
            raise self._unusable(str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise self._unusable("it is no ed25519 key")
        return key

    def _make(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

        key = Ed25519PrivateKey.generate()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self._publish(self.path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), 0o600):
            made_by_another = self._read()
            assert made_by_another is not None, "it was there a moment ago"
            return made_by_another
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b"\n"
        self._publish(self.path.with_name(f"{self.path.name}.pub"), public, 0o644)
        return key

    @staticmethod
    def _publish(path: Path, text: bytes, mode: int) -> bool:
        """Write a file in one step; False when there is one."""
        temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, path)
            except FileExistsError:
                return False
            except OSError:  # no links here
                temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
        return True

    def _unusable(self, why: str) -> OllamaError:
        return RegistryError(
            Sentence("the key at %1 cannot be used: %2.", self.path, Sentence.of(why)),
            hint="Move it away, then a new one is made; its public half must be made known again.", host="", status=0, path=self.path,
        )  # fmt: skip
