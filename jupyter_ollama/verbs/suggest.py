"""``suggestions``: models that are good to begin with, and whether this machine can run them."""

from __future__ import annotations

from ..engine.budget import rough_bytes
from ..engine.scheduler import Engines
from ..names import ModelName
from ..store import Store
from ..suggestions import KNOWN, Fits, Suggestion, Suggestions

_COMFORT = 0.8
"""What takes more of the memory fits, but tightly."""


def suggestions(store: Store, engines: Engines) -> Suggestions:
    """The models with what they take, measured against the memory that there is when no model is loaded."""
    room = engines.whole_room_bytes()
    found = []
    for one in KNOWN:
        size_bytes = one.size_mb * 1_000_000
        need = rough_bytes(
            size_bytes, engines.setup, n_layer=one.n_layer, n_embd=one.n_embd, n_ff=one.n_ff, n_vocab=one.n_vocab,
            n_cached=one.n_layer * one.n_kept,
        )  # fmt: skip
        here = store.has(ModelName.parse(one.name))
        found.append(Suggestion(one.name, one.about, size_bytes, need, fits(need, room), here))
    return Suggestions(found)


def fits(need: int, room: int | None) -> Fits:
    """Whether so many bytes fit into the room; what leaves little of it fits tightly."""
    if room is None:
        return "unknown"
    return "yes" if need <= _COMFORT * room else "tight" if need <= room else "no"
