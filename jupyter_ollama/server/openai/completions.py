"""Chat completions and text completions."""

from __future__ import annotations

from typing import Any

from jupyter_ollama import Done, Run

from ...wire.openai.answers import ChatWriter, TextWriter
from ...wire.openai.requests import ChatCompletionRequest, CompletionRequest
from .base import OpenAIHandler


class ChatCompletions(OpenAIHandler):
    """``POST /v1/chat/completions``."""

    async def answer(self, *path: str) -> None:
        """The next turn of a conversation."""
        request = ChatCompletionRequest.read(self.body)

        def ask(index: int) -> Run[Done]:
            return self.ollama.chat(request.model, request.messages, **_choice(request.arguments, index))

        writer = ChatWriter(request.model, usage=request.include_usage)
        await self.tell(request.model, ask, request.n, writer, stream=request.stream)


class Completions(OpenAIHandler):
    """``POST /v1/completions``."""

    async def answer(self, *path: str) -> None:
        """Complete a prompt."""
        request = CompletionRequest.read(self.body)

        def ask(index: int) -> Run[Done]:
            return self.ollama.generate(request.model, request.prompt, **_choice(request.arguments, index))

        writer = TextWriter(request.model, usage=request.include_usage, prefix=request.prompt if request.echo else "")
        await self.tell(request.model, ask, request.n, writer, stream=request.stream)


def _choice(arguments: dict[str, Any], index: int) -> dict[str, Any]:
    """The same with another seed for each choice, where one is given: equal choices are of no use."""
    options = arguments["options"]
    return {**arguments, "options": {**options, "seed": options["seed"] + index}} if index and "seed" in options else arguments


ROUTES = [(r"/v1/chat/completions", ChatCompletions), (r"/v1/completions", Completions)]
