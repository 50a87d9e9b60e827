"""``list``: the models of the store."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from ..models import ModelList, ModelSummary
from ..store import Store


def list_models(store: Store, prefix: str = "", first: int | None = None) -> ModelList:
    """Models whose name begins with ``prefix`` (any case), newest first; of these the ``first`` ones by name."""
    return narrowed(store.models(None if prefix else first), prefix, first)


def narrowed(models: Iterable[ModelSummary], prefix: str, first: int | None) -> ModelList:
    """Those of them whose name begins with ``prefix`` (any case), in their order; of these the ``first`` ones by name."""
    found = [model for model in models if model.name.lower().startswith(prefix.lower())]
    if first is None or len(found) <= first:
        return ModelList(found)
    wanted = set(heapq.nsmallest(first, (model.name for model in found)))
    return ModelList(model for model in found if model.name in wanted)
