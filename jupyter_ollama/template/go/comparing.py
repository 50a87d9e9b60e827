"""``eq ne lt le gt ge``: what may be compared with what, and how.

Source: https://pkg.go.dev/text/template#hdr-Functions (Go 1.24).
"""

from __future__ import annotations

from typing import Any

from .trouble import Trouble
from .values import JSONList, JSONMap, Words, kind

_ORDERED = ("int", "float64", "string")


def equal_to_any(arguments: list[Any]) -> bool:
    """``eq first other ...``: whether the first equals one of the others. Raises: Trouble."""
    if len(arguments) < 2:
        raise Trouble("missing argument for comparison")
    first = arguments[0]
    return any(_equal(first, other) for other in arguments[1:])


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return _is_nil(left) and _is_nil(right)
    left_kind, right_kind = kind(left), kind(right)
    for value, its_kind in ((left, left_kind), (right, right_kind)):
        if its_kind not in ("bool", *_ORDERED):
            if isinstance(value, Words) and len(value) == 1:
                continue
            raise Trouble(f"non-comparable type {its_kind}", hint="Compare texts, numbers and bools.")
    if isinstance(left, Words) or isinstance(right, Words):
        return bool(_word(left) == _word(right))
    _same_kind(left_kind, right_kind)
    return bool(left == right)


def _is_nil(value: Any) -> bool:
    """What Ollama leaves out is nil there and an empty JSON list or map here."""
    return value is None or (isinstance(value, JSONList | JSONMap) and not value)


def _same_kind(left: str, right: str) -> None:
    if left != right:
        raise Trouble(f"incompatible types for comparison: {left} and {right}", hint="Convert one with print.")


def less(left: Any, right: Any) -> bool:
    """``lt left right``. Raises: Trouble."""
    left_kind, right_kind = kind(left), kind(right)
    for one in (left_kind, right_kind):
        if one not in _ORDERED:
            raise Trouble(f"invalid type for comparison: {one}", hint="Numbers and texts have an order.")
    _same_kind(left_kind, right_kind)
    return bool(left < right)


def _word(value: Any) -> Any:
    return value[0] if isinstance(value, Words) else value
