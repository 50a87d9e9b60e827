"""Routes of Ollama that lead to its cloud or need a model that hears: there are none here, and each says so."""

from __future__ import annotations

from ...wire.fields import bad
from ..handler import Handler
from .base import OpenAIHandler

_CLOUD = "there is no cloud here: this server runs the models of its own machine"


class Transcriptions(OpenAIHandler):
    """``/v1/audio/transcriptions``."""

    async def answer(self, *path: str) -> None:
        """Raises: BadRequest."""
        raise bad("transcriptions are not supported: models hear nothing here, they are given text only", 404)


class SystemOne(OpenAIHandler):
    """``/v1/systemone``."""

    async def answer(self, *path: str) -> None:
        """Raises: BadRequest."""
        raise bad("System One models are not supported: ask a chat model for an answer in a format", 404)


class Cloud(Handler):
    """An account at ollama.com and what comes with it."""

    methods = ("GET", "POST", "DELETE")

    async def answer(self, *path: str) -> None:
        """Raises: BadRequest."""
        raise bad(_CLOUD, 404)


ROUTES = [
    (r"/v1/audio/transcriptions", Transcriptions),
    (r"/v1/systemone", SystemOne),
    (r"/api/(?:me|signout|user/keys/.+|experimental/.+|web_search|web_fetch)", Cloud),
]
