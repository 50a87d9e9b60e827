"""Types that are written as JSON objects: dataclasses, named tuples, typed dicts, and models with a schema of their own (pydantic)."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass
from typing import Any

from .docstrings import read as read_docstring
from .hints import MISSING, types_of


@dataclass(frozen=True)
class Field:
    """One field of such a type. ``default`` is ``MISSING`` where there is none that can be told."""

    name: str
    type: Any
    required: bool
    description: str = ""
    default: Any = MISSING


def has_own_schema(kind: Any) -> bool:
    """Whether a class tells its schema and makes itself of JSON, as pydantic's models do."""
    return isinstance(kind, type) and hasattr(kind, "model_json_schema") and hasattr(kind, "model_validate")


def fields_of(kind: Any) -> tuple[Field, ...] | None:
    """The fields of a type that is written as an object; None for any other. Raises: ValueError for types that are not known."""
    if not isinstance(kind, type):
        return None
    said = read_docstring(kind.__doc__).parameters
    if dataclasses.is_dataclass(kind):
        return _of_dataclass(kind, said)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        types, defaults = types_of(kind), getattr(kind, "_field_defaults", {})
        names: tuple[str, ...] = kind._fields
        return tuple(Field(one, types.get(one, Any), one not in defaults, said.get(one, ""), defaults.get(one, MISSING)) for one in names)
    if typing.is_typeddict(kind):
        needed: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
        return tuple(Field(name, held, name in needed, said.get(name, "")) for name, held in types_of(kind).items())
    return None


def _of_dataclass(kind: Any, said: dict[str, str]) -> tuple[Field, ...]:
    types = types_of(kind)
    made = []
    for one in dataclasses.fields(kind):
        if not one.init:
            continue
        told = str(one.metadata.get("description", "")) or said.get(one.name, "")
        default = MISSING if one.default is dataclasses.MISSING else one.default
        required = default is MISSING and one.default_factory is dataclasses.MISSING
        made.append(Field(one.name, types.get(one.name, Any), required, told, default))
    return tuple(made)
