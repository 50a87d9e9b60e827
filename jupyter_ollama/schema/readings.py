"""In how many ways at once a beginning can be read. A grammar follows all of them, so that they must not multiply from level to level.

Objects are told apart by their first required property: by its name, or by its values if these are listed. Others are followed side by
side until they differ, and so is all that stands in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from .parts import parts
from .scalars import Schema
from .trouble import SchemaTrouble

MAX_READINGS = 256


def check_readings(definitions: dict[str, Schema]) -> None:
    """Raises: SchemaTrouble."""
    readings = _Readings(definitions)
    while readings.grow():
        pass


class _Readings:
    """Counts, by object and array. They are at least one, and grow to what those within make of them."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions
        self._all = [part for schema in definitions.values() for part in parts(schema) if _is_shape(part)]
        self._known = {id(shape): 1 for shape in self._all}

    def grow(self) -> bool:
        """Count again. Returns whether anything has changed."""
        changed = False
        for shape in self._all:
            count = self._inside(shape)
            changed |= count != self._known[id(shape)]
            self._known[id(shape)] = count
            if count > MAX_READINGS:
                raise SchemaTrouble(
                    "its alternatives begin alike, and so does what stands in them",
                    "Let each begin with a required property that only it has, or whose value (const) tells which it is.",
                )
        return changed

    def _count(self, schema: Schema) -> int:
        groups: list[list[Schema]] = []
        for shape in self._shapes(schema):
            alike = [group for group in groups if any(self._begin_alike(shape, other) for other in group)]
            groups = [group for group in groups if group not in alike] + [[shape, *(one for group in alike for one in group)]]
        return max((sum(self._known[id(shape)] for shape in group) for group in groups), default=1)

    def _shapes(self, schema: Schema) -> Iterator[Schema]:
        """The objects and arrays that a value may be, through references and choices."""
        if "$ref" in schema:
            yield from self._shapes(self._definitions[_name(schema)])
        elif "anyOf" in schema:
            for arm in schema["anyOf"]:
                yield from self._shapes(arm)
        elif _is_shape(schema):
            yield schema

    def _inside(self, shape: Schema) -> int:
        """The readings of what stands in an object or array, at the place where there are most."""
        others = shape.get("additionalProperties")
        inner = [*shape.get("properties", {}).values(), *shape.get("prefixItems", ()), *([shape["items"]] if "items" in shape else ())]
        most = max(map(self._count, inner), default=0)
        return max(1, most + self._count(others)) if isinstance(others, dict) else max(1, most)

    def _begin_alike(self, one: Schema, other: Schema) -> bool:
        if one["type"] != other["type"]:
            return False
        (name, values), (other_name, other_values) = self._first(one), self._first(other)
        if None in (name, other_name) or name == other_name:
            return None in (name, other_name) or values is None or other_values is None or bool(values & other_values)
        return False

    def _first(self, shape: Schema) -> tuple[str | None, frozenset[str] | None]:
        """Name and listed values of the first required property."""
        if not shape.get("required"):
            return None, None
        name = next(one for one in shape["properties"] if one in shape["required"])
        schema = shape["properties"][name]
        while "$ref" in schema:
            schema = self._definitions[_name(schema)]
        values = schema.get("enum")
        return name, None if values is None else frozenset(json.dumps(value) for value in values)


def _is_shape(schema: Schema) -> bool:
    return schema.get("type") in ("object", "array")


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
