"""Pull and push: models from and to registries."""

from __future__ import annotations

from ...errors import InvalidName
from ...wire.fields import bad
from ...wire.management import NameRequest
from .create import Working


class Pull(Working):
    """``POST /api/pull``."""

    async def answer(self, *path: str) -> None:
        """Bring a model from a registry."""
        request = NameRequest.read(self.body, "PullRequest")
        self.model = request.model
        try:
            await self.report(self.ollama.pull(request.model, insecure=request.insecure), stream=request.stream)
        except InvalidName as error:
            raise bad("invalid model name", hint=error.hint) from None


class Push(Working):
    """``POST /api/push``."""

    async def answer(self, *path: str) -> None:
        """Bring a model to its registry."""
        request = NameRequest.read(self.body, "PushRequest")
        self.model = request.model
        if not request.model:
            raise bad("model is required")
        await self.report(self.ollama.push(request.model, insecure=request.insecure), stream=request.stream)


ROUTES = [(r"/api/pull", Pull), (r"/api/push", Push)]
