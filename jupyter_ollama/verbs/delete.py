"""``delete``: remove models."""

from __future__ import annotations

from collections.abc import Sequence

from ..models import Deleted
from ..names import ModelName
from ..store import Store


def delete(store: Store, names: Sequence[str]) -> Deleted:
    """Remove names and every blob that no other model needs. All names are looked up before the first is removed.

    Raises: InvalidName, ModelNotFound, ReadOnlyStore for a model of a system-wide Ollama.
    """
    wanted = [ModelName.valid(name) for name in names]
    for name in wanted:
        store.require_own(name)
    return Deleted(tuple(str(name) for name in wanted), sum(store.delete(name) for name in wanted))
