"""The models, for OpenAI's clients."""

from __future__ import annotations

from ...errors import InvalidName, ModelNotFound
from ...wire.fields import bad
from ...wire.openai import listing
from .base import OpenAIHandler


class Models(OpenAIHandler):
    """``GET /v1/models``."""

    methods = ("GET",)

    async def answer(self, *path: str) -> None:
        """All of them."""
        self.reply(await self.quick(lambda: listing.models(self.ollama.list())))


class Model(OpenAIHandler):
    """``GET /v1/models/:model``."""

    methods = ("GET",)

    async def answer(self, *path: str) -> None:
        """One of them."""
        try:
            self.reply(listing.model(await self.quick(self.ollama.show, path[0]), path[0]))
        except (InvalidName, ModelNotFound) as error:
            raise bad(f"model '{path[0]}' not found", 404, error.hint) from None


ROUTES = [(r"/v1/models", Models), (r"/v1/models/(.+)", Model)]
