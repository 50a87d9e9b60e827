"""The models of a store as OpenAI's clients expect them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ...models import ModelInfo, ModelSummary
from ...names import ModelName
from ..answers import Json


def models(found: Iterable[ModelSummary]) -> Json:
    """All of them; a real empty list when there is none."""
    return {"object": "list", "data": [_entry(one.name, one.modified_at) for one in found]}


def model(info: ModelInfo, asked: str) -> Json:
    """One of them, under the name that was asked for."""
    return {**_entry(info.name, info.modified_at), "id": asked}


def _entry(name: str, modified_at: datetime) -> Json:
    return {"id": name, "object": "model", "created": int(modified_at.timestamp()), "owned_by": ModelName.parse(name).namespace}
