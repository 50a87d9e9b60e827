"""How each topic is read, and what is pushed of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ....models import LoadedModel
from ....wire.panel import library
from .pushes import Push
from .topic import Topic

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

SLOW_POLL_S = 30.0
"""How often an engine elsewhere is asked for what others do there."""
UNLOADING_S = 0.3
FIRST_MODELS = 64
"""As many are told before the others are read: more than a panel shows at once."""


class Listed(NamedTuple):
    """Models by their names; not ``whole``: there may be more of them."""

    models: dict[str, Any]
    whole: bool


def models(ollama: Ollama, *, polled: bool, then: Callable[[], None] = lambda: None) -> Topic:
    """The models of the store: those that come first by name, all, then what differs. ``then`` is as for ``Topic``."""

    def listed(first: int | None = None) -> Listed:
        found = ollama.list(first=first)
        return Listed({model.name: library.model(model) for model in found}, first is None or len(found) < first)

    begin = None if polled else lambda: listed(FIRST_MODELS)
    return Topic("models", listed, _changes, lambda _: SLOW_POLL_S if polled else None, begin, then)


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


def _changes(before: Listed | None, now: Listed) -> Push | None:
    more = not now.whole
    if before is None:
        return {"topic": "models", "whole": True, "changed": list(now.models.values()), "removed": [], "more": more}
    changed = [model for name, model in now.models.items() if before.models.get(name) != model]
    removed = [name for name in before.models if name not in now.models]
    if not (changed or removed or before.whole != now.whole):
        return None
    return {"topic": "models", "whole": False, "changed": changed, "removed": removed, "more": more}
