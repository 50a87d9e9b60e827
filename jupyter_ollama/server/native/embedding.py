"""Embeddings, in the present form and in the older one."""

from __future__ import annotations

from ...errors import EngineError, InvalidName, ModelNotFound
from ...wire import embedding
from ...wire.errors import text_of
from ...wire.fields import bad
from .models import OfOneModel


class Embed(OfOneModel):
    """``POST /api/embed``."""

    async def answer(self, *path: str) -> None:
        """A vector for each text."""
        request = embedding.EmbedRequest.read(self.body)
        self.model = request.model
        try:
            found = await self.result(self.ollama.embed(request.model, request.texts, **request.arguments))
        except (InvalidName, ModelNotFound) as error:
            text = f'model "{request.model}" not found, try pulling it first' if request.model else "model '' not found"
            raise bad(text, 404, error.hint) from None
        except EngineError as error:
            raise bad(text_of(error), 400, error.hint) from None
        self.reply(embedding.answer(request.model, found))


class Embeddings(OfOneModel):
    """``POST /api/embeddings``."""

    async def answer(self, *path: str) -> None:
        """The vector of one text."""
        request = embedding.EmbedRequest.read_old(self.body)
        self.model = request.model
        if not request.model:
            raise bad("model is required")
        try:
            found = await self.result(self.ollama.embed(request.model, request.texts, **request.arguments))
        except EngineError as error:
            raise bad(text_of(error), 500, error.hint) from None
        self.reply(embedding.old_answer(found))


ROUTES = [(r"/api/embed", Embed), (r"/api/embeddings", Embeddings)]
