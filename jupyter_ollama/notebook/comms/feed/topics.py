"""How each topic is read, and what is pushed of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ....models import LoadedModel
from ....wire.panel import library
from .pushes import Push
from .topic import Topic

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

SLOW_POLL_S = 30.0
"""How often an engine elsewhere is asked for what others do there."""
UNLOADING_S = 0.3


def models(ollama: Ollama, *, polled: bool) -> Topic:
    """The models of the store: all, then what differs."""

    def read() -> dict[str, Any]:
        return {model.name: library.model(model) for model in ollama.list()}

    return Topic("models", read, _changes, lambda _: SLOW_POLL_S if polled else None)


def loaded(ollama: Ollama, *, polled: bool) -> Topic:
    """Models in memory, always all of them; read again when the next one is to be unloaded."""

    def again(state: Any) -> float | None:
        spans = [one.expires_at.timestamp() - time.time() + UNLOADING_S for one in state if one.expires_at is not None]
        spans = [max(span, 1.0) for span in spans] + ([SLOW_POLL_S] if polled else [])
        return min(spans, default=None)

    return Topic("loaded", lambda: list(ollama.ps()), _all_loaded, again)


def runs(ollama: Ollama) -> Topic:
    """What goes on in this kernel, always all of it."""

    def write(before: Any, now: Any) -> Push | None:
        return {"topic": "runs", "runs": now} if before != now else None

    return Topic("runs", lambda: [library.run(state) for state in ollama.runs.states()], write)


def _all_loaded(before: list[LoadedModel] | None, now: list[LoadedModel]) -> Push | None:
    return {"topic": "loaded", "loaded": [library.loaded(one) for one in now]} if before != now else None


def _changes(before: dict[str, Any] | None, now: dict[str, Any]) -> Push | None:
    if before is None:
        return {"topic": "models", "whole": True, "changed": list(now.values()), "removed": []}
    changed = [model for name, model in now.items() if before.get(name) != model]
    removed = [name for name in before if name not in now]
    return {"topic": "models", "whole": False, "changed": changed, "removed": removed} if changed or removed else None
