"""What Go templates do with values: truth, kinds, fields, printing.

Data are None, bool, int, float, str, bytes, lists, dicts with text keys, and ``Record`` for Go's structs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from .trouble import Trouble

PLAIN_FLOAT: Final = 6
"""Go prints floats from this power of ten on with an exponent (its %v)."""


class _Missing:
    """What a pipeline yields that has no value. Unlike a nil inside of data, looking for a field in it is no error."""

    def __repr__(self) -> str:
        return "<no value>"


MISSING: Final = _Missing()


class Record:
    """A Go struct: a fixed set of fields; asking for another one is an error.

    Args:
        kind: how errors call it, as in ``message``.
        fields: by Go name.
        json: what ``json`` and printing make of it; None for the fields themselves.
    """

    __slots__ = ("fields", "json", "kind")

    def __init__(self, kind: str, fields: Mapping[str, Any], json: Any = None) -> None:
        self.kind = kind
        self.fields = fields
        self.json = json


class JSONList(list[Any]):
    """A list that prints as JSON."""


class JSONMap(dict[str, Any]):
    """A map that prints as JSON, keys sorted."""


class Words(list[str]):
    """A JSON Schema type: one word prints as itself, several like a list."""


def truth(value: Any) -> bool:
    """Go's truth: false, 0, "", nil and what is empty are false; a struct is always true."""
    return not isinstance(value, _Missing) and (isinstance(value, Record) or bool(value))


def kind(value: Any) -> str:
    """Go's word for the kind of a value."""
    if value is None or value is MISSING:
        return "nil"
    if isinstance(value, bool):
        return "bool"
    for python, name in _KINDS:
        if isinstance(value, python):
            return name
    return type(value).__name__


_KINDS: tuple[tuple[type, str], ...] = (
    (str, "string"),
    (int, "int"),
    (float, "float64"),
    (bytes, "[]uint8"),
    (list, "[]interface {}"),
    (tuple, "[]interface {}"),
    (dict, "map[string]interface {}"),
    (Record, "struct"),
)


def field(value: Any, name: str) -> Any:
    """``value.name``. Raises: Trouble if it cannot have that field."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Record):
        if name in value.fields:
            return value.fields[name]
        known = ", ".join(f".{one}" for one in value.fields)
        raise Trouble(f"can't evaluate field {name} in a {value.kind}", hint=f"It has {known}.")
    if value is MISSING:
        return MISSING
    if value is None:
        raise Trouble(f"nil pointer evaluating interface {{}}.{name}", hint="Test the part before it with {{ if }}.")
    raise Trouble(f"can't evaluate field {name} in type {kind(value)}")


def float_text(value: float, *, low: int = -4, high: int = 21) -> str:
    """A float with the fewest digits that name it; powers of ten below ``low`` or from ``high`` on get an exponent."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    negative, all_digits, scale = Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, all_digits)).rstrip("0") or "0"
    power = len(all_digits) + int(scale) - 1 if digits != "0" else 0
    sign = "-" if negative else ""
    if power < low or power >= high:
        point = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{point}e{'-' if power < 0 else '+'}{abs(power):02d}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    whole, fraction = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def text(value: Any, to_json: Callable[[Any], str]) -> str:
    """A value as Go's Print shows it."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value, high=PLAIN_FLOAT)
    if isinstance(value, int):
        return str(value)
    return _container_text(value, to_json)


def _container_text(value: Any, to_json: Callable[[Any], str]) -> str:
    if isinstance(value, JSONList | JSONMap) or (isinstance(value, Record) and value.json is not None):
        return to_json(value)
    if isinstance(value, Words) and len(value) < 2:
        return value[0] if value else ""
    if isinstance(value, list | tuple | bytes):
        return "[" + " ".join(text(one, to_json) for one in value) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text(value[key], to_json)}" for key in sorted(value)) + "]"
    if isinstance(value, Record):
        return "{" + " ".join(text(one, to_json) for one in value.fields.values()) + "}"
    return str(value)
