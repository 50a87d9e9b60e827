"""The first item: who speaks here, and what for."""

from __future__ import annotations

import locale
import os
import platform
from typing import TYPE_CHECKING, Any

import jupyter_ollama

from .attach import PROTOCOL
from .feed.feed import is_remote

if TYPE_CHECKING:
    from jupyter_ollama import Ollama


def hello(ollama: Ollama | None) -> dict[str, Any]:
    """Facts about this kernel. Without an Ollama, because it cannot be made, those about its store are empty."""
    remote = ollama is not None and is_remote(ollama)
    store = "" if ollama is None else str(getattr(ollama, "address", "")) if remote else str(ollama.settings.models)
    return {
        "kind": "hello",
        "hello": {
            "protocol": PROTOCOL,
            "version": jupyter_ollama.__version__,
            "python": platform.python_version(),
            "pid": os.getpid(),
            "store": store,
            "remote": remote,
            "language": _language(),
        },
    }


def _language() -> str:
    """Of the user who started the kernel, such as ``zh_CN``."""
    name = locale.getlocale()[0] or ""
    return "" if name in ("C", "POSIX") else name
