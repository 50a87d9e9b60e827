"""Who does the work: the Ollama that OLLAMA_HOST names (127.0.0.1:11434 by default), if one answers there, else this process."""

from __future__ import annotations

import http.client
import json
from functools import cached_property
from typing import Any

from jupyter_ollama import Ollama

from ..address import Address

_PATIENCE_S = 1.0
_ANSWER_BYTES = 1000


class Host:
    """The ``Ollama`` of one command. ``version`` is that of a server, empty when there is none."""

    def __init__(self) -> None:
        self._own: Any = None

    @cached_property
    def here(self) -> Ollama:
        """An ``Ollama`` in this process."""
        self._own = Ollama()
        return self._own  # type: ignore[no-any-return]

    @cached_property
    def address(self) -> Address:
        return self.here.settings.address.connectable

    @cached_property
    def version(self) -> str:
        return ask_version(self.address)

    @property
    def ollama(self) -> Ollama:
        """Who is asked."""
        return self._there if self.version else self.here

    @cached_property
    def _there(self) -> Ollama:
        return Ollama(host=str(self.address), token=self.here.settings.token)

    @property
    def place(self) -> str:
        """Where that is, in words."""
        return f"the Ollama at {self.address}" if self.version else f"this machine's models in {self.here.settings.models}"

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *error: object) -> None:
        if self._own is not None:
            self._own.close()


def ask_version(address: Address) -> str:
    """The version of the Ollama at an address; empty when none answers."""
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(address.host, address.port, timeout=_PATIENCE_S)
        try:
            connection.request("GET", f"{'/' + address.path if address.path else ''}/api/version")
            answer = connection.getresponse()
            found = json.loads(answer.read(_ANSWER_BYTES)) if answer.status == http.client.OK else {}
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    version = found.get("version") if isinstance(found, dict) else ""
    return version if isinstance(version, str) else ""
