"""Create, in the form of today and in the older one with the text of a Modelfile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from jupyter_ollama import Modelfile, Progress, Run

from ...errors import InvalidName
from ...events import Event
from ...names import ModelName
from ...wire.encoding import line
from ...wire.fields import bad
from ...wire.management import CreateRequest
from ...wire.progress import progress
from .models import OfOneModel

T = TypeVar("T")


class Working(OfOneModel):
    """Long work whose steps are reported."""

    async def report(self, run: Run[T], *, stream: bool) -> None:
        """Pass the steps on, or only the last one.

        Raises: OllamaError.
        """
        if not stream:
            await self.result(run)
            return self.reply({"status": "success"})

        def step(event: Event) -> Iterable[bytes]:
            if isinstance(event, Progress) and event.kind != "note":
                yield line(progress(event))

        return await self.follow(run, step, lambda result: ())


class Create(Working):
    """``POST /api/create``."""

    async def answer(self, *path: str) -> None:
        """Make a model."""
        request = CreateRequest.read(self.body)
        try:
            ModelName.valid(request.model)
        except InvalidName as error:
            rule = "" if request.model.isascii() else f": {error.hint}"
            raise bad(f"invalid model name{rule}", hint=error.hint) from None
        modelfile = Modelfile.parse(request.modelfile) if request.modelfile else Modelfile.build(**request.parts)
        run = self.ollama.create(request.model, modelfile, uploads=request.uploads, **request.arguments)
        await self.report(run, stream=request.stream)


ROUTES = [(r"/api/create", Create)]
