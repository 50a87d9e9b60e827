"""``len index slice``: over lists, maps, and texts, which Go counts in bytes.

Source: https://pkg.go.dev/text/template#hdr-Functions (Go 1.27).
"""

from __future__ import annotations

from typing import Any

from ..limits import Budget
from .trouble import Trouble
from .values import kind


def as_bytes(value: str) -> bytes:
    """A text as Go sees it; what is no valid text becomes U+FFFD."""
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()


def length(arguments: list[Any], budget: Budget) -> int:
    value = arguments[0]
    if isinstance(value, str):
        return len(value) if value.isascii() else len(as_bytes(value))
    if isinstance(value, list | tuple | dict | bytes):
        return len(value)
    raise Trouble("len of nil pointer" if value is None else f"len of type {kind(value)}")


def index(arguments: list[Any], budget: Budget) -> Any:
    value = arguments[0]
    if value is None:
        raise Trouble("index of untyped nil")
    for key in arguments[1:]:
        value = _item(value, key)
    return value


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise Trouble(f"value has type {kind(key)}; should be string")
        return value.get(key)
    if isinstance(value, str):
        value = as_bytes(value)
    if isinstance(value, list | tuple | bytes):
        position = _position(key)
        if not 0 <= position < len(value):
            raise Trouble(f"index out of range: {position}", hint=f"It has {len(value)} items, counted from 0.")
        return value[position]
    raise Trouble("index of nil pointer" if value is None else f"can't index item of type {kind(value)}")


def _position(key: Any) -> int:
    if isinstance(key, bool) or not isinstance(key, int):
        nil = "cannot index slice/array with nil"
        raise Trouble(nil if key is None else f"cannot index slice/array with type {kind(key)}")
    return key


def cut_out(arguments: list[Any], budget: Budget) -> Any:
    value, bounds = arguments[0], arguments[1:]
    if not isinstance(value, str | list | tuple | bytes):
        raise Trouble("slice of untyped nil" if value is None else f"can't slice item of type {kind(value)}")
    if len(bounds) > 3:
        raise Trouble(f"too many slice indexes: {len(bounds)}")
    if len(bounds) == 3 and isinstance(value, str):
        raise Trouble("cannot 3-index slice a string")
    whole = value if not isinstance(value, str) or value.isascii() else as_bytes(value)
    size = len(whole)
    positions = [_position(one) for one in bounds]
    for position in positions:
        if not 0 <= position <= size:
            raise Trouble(f"index out of range: {position}", hint=f"It has {size} items.")
    low, high = (positions + [0, size][len(positions) :])[:2]
    if sorted(positions) != positions or low > high:
        raise Trouble(f"invalid slice index: {low} > {high}")
    part = whole[low:high]
    budget.grow(len(part))
    if isinstance(value, str) and isinstance(part, bytes):
        return part.decode("utf-8", "surrogateescape")
    return type(value)(part) if isinstance(value, list) else part
