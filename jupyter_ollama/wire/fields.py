"""The bytes of a request to fields, read as Go's decoder reads them: names in any case, null as if it were not there, unknown ones ignored.

Bounded in size by whoever received them and in depth here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ..errors import BadRequest

MAX_DEPTH = 200
_KINDS = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object", type(None): "null"}
_GO = {str: "string", bool: "bool", int: "int", float: "float64", list: "[]interface {}", dict: "map[string]interface {}"}


class Fields:
    """The fields of one JSON object. Each reader gives the value, or what stands for its absence.

    Args:
        struct: what Ollama calls the object, for messages.
    Raises: BadRequest, each reader, for a value of another type.
    """

    def __init__(self, held: Mapping[str, Any], struct: str) -> None:
        self._held = {name.lower(): value for name, value in held.items() if value is not None}
        self.struct = struct

    @classmethod
    def of(cls, body: bytes, struct: str) -> Fields:
        """Read a body, which must be one object; ``null`` is an empty one.

        Raises: BadRequest.
        """
        held = loads(body)
        if held is None:
            return cls({}, struct)
        if not isinstance(held, dict):
            raise bad(f"json: cannot unmarshal {_KINDS[type(held)]} into Go value of type api.{struct}")
        return cls(held, struct)

    def __contains__(self, name: str) -> bool:
        return name in self._held

    def any(self, name: str) -> Any:
        return self._held.get(name)

    def text(self, name: str) -> str:
        return self._read(name, str) or ""

    def flag(self, name: str) -> bool | None:
        value: bool | None = self._read(name, bool)
        return value

    def count(self, name: str) -> int | None:
        value = self._read(name, int, float)
        if isinstance(value, float) and value != int(value):
            raise self._wrong(name, f"number {value}", int)
        return None if value is None else int(value)

    def number(self, name: str) -> float | None:
        value = self._read(name, int, float)
        return None if value is None else float(value)

    def items(self, name: str) -> list[Any]:
        return self._read(name, list) or []

    def mapping(self, name: str) -> dict[str, Any]:
        return self._read(name, dict) or {}

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [self._item(name, one, str) for one in self.items(name)]

    def counts(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return [int(self._item(name, one, int)) for one in self.items(name)]

    def objects(self, name: str, struct: str) -> list[Fields]:
        """A list of objects."""
        return [Fields(self._item(name, one, dict), struct) for one in self.items(name)]

    def _read(self, name: str, *kinds: type) -> Any:
        value = self._held.get(name)
        if value is None or (isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))):
            return value
        raise self._wrong(name, _KINDS[type(value)], kinds[0])

    def _item(self, name: str, value: Any, kind: type) -> Any:
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        raise self._wrong(name, _KINDS[type(value)], kind)

    def _wrong(self, name: str, found: str, kind: type) -> BadRequest:
        return bad(f"json: cannot unmarshal {found} into Go struct field {self.struct}.{name} of type {_GO[kind]}")


def loads(body: bytes) -> Any:
    """The value that a body holds.

    Raises: BadRequest for no JSON, for numbers that are none, for what is nested deeper than anything that is meant.
    """
    if not body.strip():
        raise bad("missing request body")
    try:
        held = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise bad("the JSON is nested too deeply") from None
    except ValueError as error:  # no JSON, no UTF-8, or a number of thousands of digits
        raise bad(str(error)) from None
    if _deeper_than(held, MAX_DEPTH):
        raise bad("the JSON is nested too deeply")
    return held


def bad(text: str, status: int = 400, hint: str | None = None) -> BadRequest:
    """The error for a request that is not what it should be."""
    return BadRequest(text, hint=hint, text=text, status=status)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"cannot unmarshal number {text:.40} into Go value of type float64")
    return number


def _no_number(name: str) -> float:
    raise ValueError(f"invalid character '{name[0]}' looking for beginning of value")


def _deeper_than(held: Any, depth: int) -> bool:
    """Whether lists and objects are nested deeper than that, level by level."""
    level = [held]
    for _ in range(depth):
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return False
    return True
