"""A step of long work as create, pull and push report it."""

from __future__ import annotations

from typing import Any

from ..events import Progress
from .encoding import present


def progress(event: Progress) -> dict[str, Any]:
    """``completed`` is left out while it is 0, as Ollama does."""
    measured = {"digest": event.digest, "total": event.total, "completed": event.completed} if event.total is not None else {}
    return {"status": event.status, **present(measured)}
