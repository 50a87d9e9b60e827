"""``list``: the models of the store."""

from __future__ import annotations

from ..models import ModelList
from ..store import Store


def list_models(store: Store, prefix: str = "") -> ModelList:
    """Models whose name begins with ``prefix`` (any case), newest first."""
    return ModelList(model for model in store.models() if model.name.lower().startswith(prefix.lower()))
