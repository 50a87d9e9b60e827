"""Tags, ps, show, copy, delete: the models there are."""

from __future__ import annotations

from typing import Any

from jupyter_ollama import OllamaError

from ...errors import InvalidName, ModelNotFound
from ...render import parameter_lines
from ...wire import errors, listing
from ...wire.fields import bad
from ...wire.management import CopyRequest, NameRequest
from ..handler import Handler


class Tags(Handler):
    """``GET /api/tags``."""

    methods = ("GET", "HEAD")

    async def answer(self, *path: str) -> None:
        """The models of the store."""
        self.reply(await self.context.promptly(lambda: self.context.tags.answer(self.ollama.list())))


class Ps(Handler):
    """``GET /api/ps``."""

    methods = ("GET",)

    async def answer(self, *path: str) -> None:
        """The models in memory."""
        self.reply(listing.ps(await self.quick(self.ollama.ps)))


class OfOneModel(Handler):
    """A request about one model, whose name its errors repeat."""

    model = ""

    def failure(self, error: OllamaError) -> tuple[int, Any]:
        """The same with the name that was asked for."""
        return errors.status_of(error), errors.body(error, self.model)


class Show(OfOneModel):
    """``POST /api/show``."""

    async def answer(self, *path: str) -> None:
        """Everything about a model."""
        request = NameRequest.read(self.body, "ShowRequest")
        self.model = request.model
        if not request.model:
            raise bad("model is required")
        asked = {"verbose": request.verbose, "system": request.system, "options": request.options}
        info = await self.quick(self.ollama.show, request.model, **asked)
        self.reply(await self.quick(listing.show, info, parameter_lines(info.parameters), verbose=request.verbose))


class Copy(Handler):
    """``POST /api/copy``."""

    async def answer(self, *path: str) -> None:
        """Give a model a second name."""
        request = CopyRequest.read(self.body)
        try:
            await self.quick(self.ollama.copy, request.source, request.destination)
        except InvalidName as error:
            what = "source" if error.facts.get("name") == request.source else "destination"
            raise bad(f'{what} "{getattr(request, what)}" is invalid', hint=error.hint) from None
        except ModelNotFound as error:
            raise bad(f'model "{request.source}" not found', 404, error.hint) from None
        self.finish()


class Delete(OfOneModel):
    """``DELETE /api/delete``."""

    methods = ("DELETE",)

    async def answer(self, *path: str) -> None:
        """Remove a model."""
        request = NameRequest.read(self.body, "DeleteRequest")
        self.model = request.model
        try:
            await self.quick(self.ollama.delete, request.model)
        except InvalidName as error:
            raise bad(f'name "{request.model}" is invalid', hint=error.hint) from None
        self.finish()


ROUTES = [(r"/api/tags", Tags), (r"/api/ps", Ps), (r"/api/show", Show), (r"/api/copy", Copy), (r"/api/delete", Delete)]
