"""``/v1/messages``, as Anthropic's clients expect it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_ollama import Done, OllamaError, Run

from ..errors import NotSupported
from ..wire.anthropic.answers import MessageWriter, error_body
from ..wire.anthropic.requests import MessagesRequest
from ..wire.encoding import event
from ..wire.errors import status_of
from .openai.base import OpenAIHandler


class Messages(OpenAIHandler):
    """``POST /v1/messages``."""

    def failure(self, error: OllamaError) -> tuple[int, Any]:
        """An error in Anthropic's form."""
        return status_of(error), error_body(error)

    def broken(self, error: OllamaError) -> Iterable[bytes]:
        """What ends a stream that failed after it had begun."""
        yield event(error_body(error), "error")

    async def answer(self, *path: str) -> None:
        """The next turn of a conversation. A model that cannot think answers without."""
        request = MessagesRequest.read(self.body)
        try:
            await self._ask(request, request.arguments)
        except NotSupported as error:
            if error.facts.get("capabilities") != ("thinking",):
                raise
            await self._ask(request, {**request.arguments, "think": None})

    async def _ask(self, request: MessagesRequest, arguments: dict[str, Any]) -> None:
        def ask(index: int) -> Run[Done]:
            return self.ollama.chat(request.model, request.messages, **arguments)

        await self.tell(request.model, ask, 1, MessageWriter(request.model, request.messages), stream=request.stream)


ROUTES = [(r"/v1/messages", Messages)]
