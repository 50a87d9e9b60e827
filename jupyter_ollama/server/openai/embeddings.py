"""Embeddings."""

from __future__ import annotations

from ...errors import EngineError, InvalidName, ModelNotFound
from ...wire.embedding import EmbedRequest, openai_answer
from ...wire.errors import text_of
from ...wire.fields import bad
from .base import OpenAIHandler


class Embeddings(OpenAIHandler):
    """``POST /v1/embeddings``."""

    async def answer(self, *path: str) -> None:
        """A vector for each text."""
        request = EmbedRequest.read_openai(self.body)
        if not request.model:
            raise bad("model is required")
        try:
            found = await self.result(self.ollama.embed(request.model, request.texts, **request.arguments))
        except (InvalidName, ModelNotFound) as error:
            raise bad(f'model "{request.model}" not found, try pulling it first', 404, error.hint) from None
        except EngineError as error:
            raise bad(text_of(error), 400, error.hint) from None
        self.reply(openai_answer(request.model, found, request.encoding))


ROUTES = [(r"/v1/embeddings", Embeddings)]
