"""Models that were opened, kept until their name means something else or a blob comes or goes: each turn of a conversation opens one."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ..manifest import Manifest
from .model import StoredModel

MAX_MODELS = 32
MAX_TEXTS_BYTES = 1 << 20
"""A model whose text layers are larger is read again each time."""


@dataclass(slots=True)
class _Kept:
    manifest: Manifest
    blobs: object
    model: StoredModel
    whole: bool = False


class Opened:
    """The models of one store that were opened last. ``blobs``, everywhere, is the state of its blobs: another object, another state."""

    def __init__(self) -> None:
        self._held: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def get(self, name: str, manifest: Manifest, blobs: object) -> StoredModel | None:
        """The model that a manifest makes; None when it has to be read."""
        held = self._held.get(name)
        return held.model if held is not None and held.manifest is manifest and held.blobs is blobs else None

    def put(self, name: str, manifest: Manifest, blobs: object, model: StoredModel) -> None:
        """Keep a model that was read. The one that was read longest ago goes, if there are too many."""
        if model.texts_bytes > MAX_TEXTS_BYTES:
            return
        with self._lock:
            self._held.pop(name, None)
            self._held[name] = _Kept(manifest, blobs, model)
            while len(self._held) > MAX_MODELS:
                del self._held[next(iter(self._held))]

    def is_whole(self, model: StoredModel, blobs: object) -> bool:
        """Whether all blobs of a model were there, and none has come or gone since."""
        held = self._held.get(model.name.full)
        return held is not None and held.model is model and held.blobs is blobs and held.whole

    def was_whole(self, model: StoredModel, blobs: object) -> None:
        """All blobs of a model were there in this state or later."""
        held = self._held.get(model.name.full)
        if held is not None and held.model is model and held.blobs is blobs:
            held.whole = True
