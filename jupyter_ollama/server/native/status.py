"""``/`` and ``/api/version``: is somebody there, and who."""

from __future__ import annotations

import jupyter_ollama

from ..handler import Handler

OLLAMA_VERSION = "0.19.0"
"""The Ollama whose API this is: clients look whether it is new enough for them."""


class Root(Handler):
    """Clients look here for a server."""

    methods = ("GET", "HEAD")

    async def answer(self, *path: str) -> None:
        """The words that clients look for."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Ollama is running")


class Version(Handler):
    """``/api/version``."""

    methods = ("GET", "HEAD")

    async def answer(self, *path: str) -> None:
        """The version of Ollama that clients take this for, and our own."""
        self.reply({"version": OLLAMA_VERSION, "jupyter_ollama": jupyter_ollama.__version__})


class Status(Handler):
    """``/api/status``."""

    methods = ("GET",)

    async def answer(self, *path: str) -> None:
        """There is no cloud here."""
        self.reply({"cloud": {"disabled": True, "source": "none"}})


ROUTES = [(r"/", Root), (r"/api/version", Version), (r"/api/status", Status)]
