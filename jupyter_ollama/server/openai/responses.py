"""Responses, OpenAI's newer form of chats."""

from __future__ import annotations

from jupyter_ollama import Done, Run

from ...wire.openai.responses_answer import ResponsesWriter
from ...wire.openai.responses_request import ResponsesRequest
from ..compressed import unpacked
from .base import OpenAIHandler


class Responses(OpenAIHandler):
    """``POST /v1/responses``."""

    encodings = ("", "identity", "zstd")

    async def answer(self, *path: str) -> None:
        """The next turn of a conversation, all of which is in the request."""
        body = await self.quick(unpacked, self.body) if self.encoding == "zstd" else self.body
        request = ResponsesRequest.read(body)

        def ask(index: int) -> Run[Done]:
            return self.ollama.chat(request.model, request.messages, **request.arguments)

        await self.tell(request.model, ask, 1, ResponsesWriter(request.model, request.echoed), stream=request.stream)


ROUTES = [(r"/v1/responses", Responses)]
