"""What OpenAI's routes have in common: the form of errors, and answers with several choices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Protocol

from jupyter_ollama import Chunk, Done, OllamaError, Run

from ...bell import Bell
from ...errors import InvalidName, ModelNotFound
from ...events import Event
from ...wire.answers import Json
from ...wire.encoding import event
from ...wire.errors import status_of
from ...wire.fields import bad
from ...wire.openai import errors
from ..handler import Handler

EVENTS = "text/event-stream"


class Writer(Protocol):
    """Answers in the form of one route."""

    def whole(self, answers: Sequence[Done]) -> Json: ...
    def pieces(self, index: int, chunk: Chunk) -> Iterable[bytes]: ...
    def ending(self, index: int, done: Done) -> Iterable[bytes]: ...
    def close(self, answers: Sequence[Done]) -> Iterable[bytes]: ...


class OpenAIHandler(Handler):
    """A route of OpenAI's."""

    def failure(self, error: OllamaError) -> tuple[int, Any]:
        """An error in OpenAI's form."""
        return status_of(error), errors.body(error)

    def broken(self, error: OllamaError) -> Iterable[bytes]:
        """What ends a stream that failed after it had begun."""
        yield event(errors.body(error))

    async def tell(self, model: str, ask: Callable[[int], Run[Done]], n: int, writer: Writer, *, stream: bool) -> None:
        """Ask for n answers at once and pass them on.

        Raises: OllamaError.
        """
        if not model:
            raise bad("model is required")
        try:
            runs = [ask(index) for index in range(n)]
            for run in runs:
                self.watch(run)
            if stream:
                await self._follow_all(runs, writer)
            else:
                self.reply(writer.whole(await asyncio.gather(*runs)))
        except (InvalidName, ModelNotFound) as error:
            raise bad(f"model '{model}' not found", 404, error.hint) from None

    async def _follow_all(self, runs: list[Run[Done]], writer: Writer) -> None:
        self.set_header("Content-Type", EVENTS)
        try:
            async for index, events in merged(runs, self.context.bell):
                chunks = (one for one in events if isinstance(one, Chunk))
                await self.send(piece for chunk in chunks for piece in writer.pieces(index, chunk))
                if not events:
                    await self.send(writer.ending(index, runs[index].result()))
            await self.send(writer.close([run.result() for run in runs]))
        except OllamaError as error:
            if not self._headers_written:
                raise
            if not self.gone:
                await self.send(self.broken(error))
        finally:
            for run in runs:
                run.cancel()
        if not self._finished and not self.gone:
            self.finish()


async def merged(runs: Sequence[Run[Done]], bell: Bell | None = None) -> AsyncIterator[tuple[int, list[Event]]]:
    """What several runs report, as it comes, with the number of the run; an empty list says that it has ended.

    Raises: what the first run that fails raises.
    """
    waiting: asyncio.Queue[tuple[int, list[Event] | Exception]] = asyncio.Queue(2 * len(runs))

    async def follow(index: int, run: Run[Done]) -> None:
        try:
            async for events in run.arrivals(bell):
                await waiting.put((index, events))
            await waiting.put((index, []))
        except Exception as error:  # noqa: BLE001 (it is raised again where the run is waited for)
            await waiting.put((index, error))

    tasks = [asyncio.ensure_future(follow(index, run)) for index, run in enumerate(runs)]
    try:
        going = len(runs)
        while going:
            index, found = await waiting.get()
            if isinstance(found, Exception):
                raise found
            going -= not found
            yield index, found
    finally:
        for task in tasks:
            task.cancel()
