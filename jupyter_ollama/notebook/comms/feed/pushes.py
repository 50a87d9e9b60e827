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
        self._whole = False
        self._changed: dict[str, Any] = {}
        self._removed: dict[str, None] = {}

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
            self._whole, self._changed, self._removed = False, {}, {}

    def take(self) -> list[Item]:
        """See ``Source.take``."""
        with self._lock:
            pushes = [*self._models(), *self._lists.values()]
            self._lists = {}
            self._whole, self._changed, self._removed = False, {}, {}
        return [{"kind": "push", "push": push} for push in pushes]

    def _merge(self, push: Push) -> None:
        if push["whole"]:
            self._whole, self._changed, self._removed = True, {}, {}
        for name in push["removed"]:
            self._changed.pop(name, None)
            self._removed[name] = None
        for model in push["changed"]:
            self._removed.pop(model["name"], None)
            self._changed[model["name"]] = model

    def _models(self) -> list[Push]:
        if not (self._whole or self._changed or self._removed):
            return []
        models, removed = list(self._changed.values()), [] if self._whole else list(self._removed)
        first = {"topic": "models", "whole": self._whole, "changed": models[:MODELS_AT_ONCE], "removed": removed}
        rest = range(MODELS_AT_ONCE, len(models), MODELS_AT_ONCE)
        more = [{"topic": "models", "whole": False, "changed": models[start : start + MODELS_AT_ONCE], "removed": []} for start in rest]
        return [first, *more]
