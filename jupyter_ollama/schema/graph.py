"""What a plain schema must not be: endless before it has begun, without any value that ends, or open to too much at one place."""

from __future__ import annotations

from ..sentences import Sentence
from .parts import parts
from .readings import check_readings
from .scalars import Schema
from .trouble import SchemaTrouble

MAX_VALUES = 1000
"""How many simple values may be possible at one place."""

MAX_SHAPES = 32
"""How many objects and arrays may be possible at one place."""


def check(schema: Schema) -> None:
    """Raises: SchemaTrouble."""
    definitions = schema["$defs"]
    _Beginnings(definitions).check()
    _check_finite(definitions)
    check_readings(definitions)


class _Beginnings:
    """What a value may begin as, through references and choices, which take no character of the answer."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions
        self._known: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()

    def check(self) -> None:
        for name, schema in self._definitions.items():
            self._of_name(name)
            for part in parts(schema):
                self._count(part)

    def _of_name(self, name: str) -> tuple[int, int]:
        if name in self._open:
            raise SchemaTrouble("a reference leads back to itself with nothing in between")
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self._count(self._definitions[name])
            self._open.discard(name)
        return self._known[name]

    def _count(self, schema: Schema) -> tuple[int, int]:
        """Simple values, objects and arrays that are possible here."""
        if "$ref" in schema:
            return self._of_name(_name(schema))
        if "anyOf" in schema:
            values, shapes = (sum(counts) for counts in zip(*map(self._count, schema["anyOf"]), strict=True))
        elif "enum" in schema:
            values, shapes = len(schema["enum"]), 0
        else:
            values, shapes = (0, 1) if schema["type"] in ("object", "array") else (1, 0)
        if values > MAX_VALUES or shapes > MAX_SHAPES:
            raise SchemaTrouble(
                Sentence("%1 different things are possible at one place", f"{values + shapes:,}"),
                Sentence("At most %1 values or %2 kinds of objects and arrays are accepted.", f"{MAX_VALUES:,}", MAX_SHAPES),
            )
        return values, shapes


def _check_finite(definitions: dict[str, Schema]) -> None:
    """Raises: SchemaTrouble for an object that must hold itself, for ever."""
    ends: set[str] = set()
    grown = True
    while grown:
        more = {name for name, schema in definitions.items() if name not in ends and _can_end(schema, ends)}
        ends |= more
        grown = bool(more)
    if len(ends) < len(definitions):
        raise SchemaTrouble("a value of it would never end: it has to hold itself", "Make the inner one optional.")


def _can_end(schema: Schema, ends: set[str]) -> bool:
    if "$ref" in schema:
        return _name(schema) in ends
    if "anyOf" in schema:
        return any(_can_end(one, ends) for one in schema["anyOf"])
    needed = [schema["properties"][name] for name in schema.get("required", ())] if "properties" in schema else []
    needed += schema.get("prefixItems", [])
    needed += [schema["items"]] if schema.get("minItems") else []
    return all(_can_end(one, ends) for one in needed)


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
