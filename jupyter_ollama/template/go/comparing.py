"""``eq ne lt le gt ge``: what may be compared with what, and how.

Source: https://pkg.go.dev/text/template#hdr-Functions (Go 1.27).
"""

from __future__ import annotations

from typing import Any

from ..limits import Budget
from .trouble import Trouble
from .values import JSONList, JSONMap, Words, kind

_ORDERED = ("int", "float64", "string")
_COMPARABLE = ("bool", *_ORDERED)


def equal_to_any(arguments: list[Any], budget: Budget) -> bool:
    """``eq first other ...``: whether the first equals one of the others. Raises: Trouble."""
    if len(arguments) < 2:
        raise Trouble("missing argument for comparison")
    first = arguments[0]
    return any(_equal(first, other) for other in arguments[1:])


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return _is_nil(left) and _is_nil(right)
    left, right = _word(left), _word(right)
    left_kind, right_kind = kind(left), kind(right)
    if left_kind != right_kind and (left_kind in _COMPARABLE or right_kind in _COMPARABLE):
        raise _incompatible(left_kind, right_kind)
    if left_kind not in _COMPARABLE:
        raise Trouble(f"non-comparable type {left_kind}", hint="Compare texts, numbers and bools.")
    return bool(left == right)


def _is_nil(value: Any) -> bool:
    """What Ollama leaves out is nil there and an empty JSON list or map here."""
    return value is None or (isinstance(value, JSONList | JSONMap) and not value)


def _incompatible(left: str, right: str) -> Trouble:
    return Trouble(f"incompatible types for comparison: {left} and {right}", hint="Convert one with print.")


def less(left: Any, right: Any) -> bool:
    """``lt left right``. Raises: Trouble."""
    left_kind, right_kind = kind(left), kind(right)
    for one in (left_kind, right_kind):
        if one not in _ORDERED:
            raise Trouble(f"invalid type for comparison: {one}", hint="Numbers and texts have an order.")
    if left_kind != right_kind:
        raise _incompatible(left_kind, right_kind)
    return bool(left < right)


def _word(value: Any) -> Any:
    """A type that is one word counts as that text."""
    return value[0] if isinstance(value, Words) and len(value) == 1 else value
