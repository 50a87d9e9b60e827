"""Generate and chat: answers, as they come or whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from jupyter_ollama import Chunk, Done, Run

from ...errors import InvalidName, ModelNotFound
from ...events import Event
from ...wire import answers
from ...wire.encoding import dumps, line
from ...wire.fields import bad
from ...wire.requests import ChatRequest, GenerateRequest
from ..handler import JSON
from .models import OfOneModel

Pieces = Callable[[str, Chunk], dict[str, Any]]
Endings = Callable[[str, Done, Chunk | None], dict[str, Any]]


class Answering(OfOneModel):
    """Answers of a model in Ollama's two shapes."""

    async def tell(self, run: Run[Done], piece: Pieces, ending: Endings, *, stream: bool) -> None:
        """Pass an answer on; one of which there is nothing to tell (a model was only loaded) comes whole.

        Raises: OllamaError.
        """
        if not stream:
            done = await self.result(run)
            return self.reply(ending(self.model, done, answers.whole(done)))

        def pieces(event: Event) -> Iterable[bytes]:
            if isinstance(event, Chunk):
                yield line(piece(self.model, event))

        def last(done: Done) -> Iterable[bytes]:
            if done.done_reason in ("load", "unload"):
                self.set_header("Content-Type", JSON)
                yield dumps(ending(self.model, done, None))
            else:
                yield line(ending(self.model, done, None))

        return await self.follow(run, pieces, last)


class Generate(Answering):
    """``POST /api/generate``."""

    async def answer(self, *path: str) -> None:
        """Complete a prompt."""
        request = GenerateRequest.read(self.body)
        self.model = request.model
        try:
            run = self.ollama.generate(request.model, request.prompt, **request.arguments)
            await self.tell(run, answers.generate_chunk, answers.generate_done, stream=request.stream)
        except (InvalidName, ModelNotFound) as error:
            raise bad(f"model '{request.model}' not found", 404, error.hint) from None


class Chat(Answering):
    """``POST /api/chat``."""

    async def answer(self, *path: str) -> None:
        """The next turn of a conversation."""
        request = ChatRequest.read(self.body)
        self.model = request.model
        if not request.model:
            raise bad("model is required")
        try:
            run = self.ollama.chat(request.model, request.messages, **request.arguments)
            await self.tell(run, answers.chat_chunk, answers.chat_done, stream=request.stream)
        except (InvalidName, ModelNotFound) as error:
            raise bad(f"model '{request.model}' not found", 404, error.hint) from None


ROUTES = [(r"/api/generate", Generate), (r"/api/chat", Chat)]
