"""Names and passwords for registries that want some: those that ``docker login`` wrote down.

    <home>/.docker/config.json    {"auths": {"registry.example.com": {"auth": "<base64 of name:password>"}}}
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..json_file import read_json
from .address import Origin

_PLAIN = re.compile(r"[A-Za-z0-9+/=]{4,8192}", re.ASCII)


class Credentials:
    """Reads a Docker configuration file, which need not exist."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def basic(self, origin: Origin) -> str:
        """``Basic …`` for exactly this host and port; empty when there is nothing for it."""
        try:
            held = read_json(self.path)["auths"] if self.path is not None and self.path.is_file() else {}
        except (SourceError, OSError, KeyError):
            return ""
        for place, entry in held.items() if isinstance(held, dict) else ():
            if _host_of(place) == origin.authority and (word := _word(entry)):
                return f"Basic {word}"
        return ""


def _host_of(place: str) -> str:
    """``https://host:port/v1/`` and ``host:port`` are the same."""
    return place.partition("://")[2].partition("/")[0].lower() if "://" in place else place.rstrip("/").lower()


def _word(entry: Any) -> str:
    word = entry.get("auth", "") if isinstance(entry, dict) else ""
    if not isinstance(word, str) or not _PLAIN.fullmatch(word):
        return ""
    try:
        return word if b":" in base64.b64decode(word, validate=True) else ""
    except binascii.Error:
        return ""
