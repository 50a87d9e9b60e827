"""How far the blobs of a model are on their way: each of them, all together, how fast, and how long it will take."""

from __future__ import annotations

import time
from collections import deque

from ..events import Progress
from ..manifest import Layer

_WINDOW_S = 5.0


class Journey:
    """Makes the progress of a pull or push. Facts of each: ``short`` (the first digits), ``all_completed`` and ``all_total`` of all layers,
    ``rate`` and, once it is known, ``remaining_s`` for all.

    Units: bytes, bytes a second, seconds.

    Args:
        kind: of the progress.
        layers: what has to be there in the end.
    """

    def __init__(self, kind: str, layers: tuple[Layer, ...]) -> None:
        self._kind = kind
        self._sizes = {layer.digest: layer.size for layer in layers}
        self._there: dict[object, int] = {}
        self._seen: deque[tuple[float, int]] = deque()
        self._moved = 0

    def already(self, layer: Layer) -> Progress:
        """A layer that was there before."""
        self._there[layer.digest] = layer.size
        return self._progress(layer, layer.size)

    def at(self, layer: Layer, completed: int) -> Progress:
        """So much of a layer is there."""
        before = self._there.get(layer.digest)
        self._there[layer.digest] = completed
        if before is not None and completed > before:
            self._moved += completed - before
        now = time.monotonic()
        self._seen.append((now, self._moved))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        return self._progress(layer, completed)

    @property
    def _rate(self) -> float:
        if len(self._seen) < 2 or self._seen[-1][0] - self._seen[0][0] < 0.2:
            return 0.0
        (then, before), (now, after) = self._seen[0], self._seen[-1]
        return (after - before) / (now - then)

    def _progress(self, layer: Layer, completed: int) -> Progress:
        total, there, rate = sum(self._sizes.values()), sum(self._there.values()), self._rate
        facts = {"short": layer.digest.short, "all_completed": there, "all_total": total, "rate": rate}
        if rate:
            facts["remaining_s"] = max(0, total - there) / rate
        return Progress(self._kind, digest=str(layer.digest), completed=completed, total=layer.size, facts=facts)
