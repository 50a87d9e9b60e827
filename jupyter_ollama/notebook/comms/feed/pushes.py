"""What waits to be pushed to one front end. Of what changed several times meanwhile, only the last state is sent."""

from __future__ import annotations

import threading
from typing import Any

from ..outbox import Outbox
from ..packing import Item

Push = dict[str, Any]
MODELS_AT_ONCE = 500


class Pushes:
    """A source for the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._lock = threading.Lock()
        self._lists: dict[str, Push] = {}
        self._forget_models()

    def put(self, push: Push) -> None:
        """Push this soon."""
        with self._lock:
            if push["topic"] == "models":
                self._merge(push)
            else:
                self._lists[push["topic"]] = push
        self._outbox.wake(self)

    def clear(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._lists.clear()
            self._forget_models()

    def take(self) -> list[Item]:
        """See ``Source.take``."""
        with self._lock:
            pushes = [*self._models(), *self._lists.values()]
            self._lists = {}
            self._forget_models()
        return [{"kind": "push", "push": push} for push in pushes]

    def _forget_models(self) -> None:
        self._told = self._whole = self._more = False
        self._changed: dict[str, Any] = {}
        self._removed: dict[str, None] = {}

    def _merge(self, push: Push) -> None:
        if push["whole"]:
            self._forget_models()
            self._whole = True
        self._told, self._more = True, push["more"]
        for name in push["removed"]:
            self._changed.pop(name, None)
            self._removed[name] = None
        for model in push["changed"]:
            self._removed.pop(model["name"], None)
            self._changed[model["name"]] = model

    def _models(self) -> list[Push]:
        if not self._told:
            return []
        models, removed = list(self._changed.values()), [] if self._whole else list(self._removed)
        starts = range(0, max(1, len(models)), MODELS_AT_ONCE)
        return [
            {
                "topic": "models",
                "whole": self._whole and start == 0,
                "changed": models[start : start + MODELS_AT_ONCE],
                "removed": removed if start == 0 else [],
                "more": self._more or start != starts[-1],
            }
            for start in starts
        ]
