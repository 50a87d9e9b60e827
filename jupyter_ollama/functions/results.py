"""What a function returns -> the text that the model is told."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping
from typing import Any

LONGEST = 32_000
"""Characters of a result; what is longer would push everything else out of most contexts."""


def as_text(value: Any) -> str:
    """A text as it is, anything else as JSON; what JSON has no form for by its ``str()``. A long one is cut, and says so.

    >>> as_text("rain"), as_text({"sun": 0.5}), as_text(None)
    ('rain', '{"sun": 0.5}', 'null')
    """
    text = value if isinstance(value, str) else _json(value)
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n[cut: {len(text):,} characters, of which these are the first {LONGEST:,}]"


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError, RecursionError):  # keys that are no texts, circles
        return str(value)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "shape") and hasattr(value, "tolist") and not hasattr(value, "columns"):  # numpy's numbers and arrays
        return value.tolist()
    return str(value)
