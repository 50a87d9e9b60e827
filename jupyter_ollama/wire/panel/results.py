"""What a run returns, as the result of its verb. Used for runs that a front end follows without having asked for them, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...events import Done
from ...models import ModelSummary, Pushed
from .answers import answer


def made(summary: ModelSummary) -> dict[str, Any]:
    """A model that was created or pulled."""
    return {"name": summary.name, "digest": summary.digest.removeprefix("sha256:")}


def pushed(what: Pushed) -> dict[str, Any]:
    """A model that a registry has now. Units: bytes."""
    return {"name": what.name, "sent": what.sent_bytes, "url": what.url}


_RESULTS: dict[type, Callable[[Any], Any]] = {Done: answer, ModelSummary: made, Pushed: pushed}


def result(value: Any) -> Any:
    """The result of any run; null for those whose result says nothing to a front end."""
    return next((write(value) for kind, write in _RESULTS.items() if isinstance(value, kind)), None)
