"""Python types -> JSON Schema."""

from __future__ import annotations

import collections.abc as abc
import datetime as dt
import decimal
import enum
import json
import pathlib
import types
import typing
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from .fields import fields_of, has_own_schema
from .hints import MISSING

Schema = dict[str, Any]

PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    decimal.Decimal: {"type": "number"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    dt.time: {"type": "string", "format": "time"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    pathlib.Path: {"type": "string"},
    pathlib.PurePath: {"type": "string"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    set: {"type": "array", "uniqueItems": True},
    frozenset: {"type": "array", "uniqueItems": True},
    dict: {"type": "object"},
    abc.Sequence: {"type": "array"},
    abc.Iterable: {"type": "array"},
    abc.Collection: {"type": "array"},
    abc.Mapping: {"type": "object"},
    abc.MutableMapping: {"type": "object"},
    Any: {},
    object: {},
    MISSING: {},
}
LISTS = (list, set, frozenset, abc.Sequence, abc.MutableSequence, abc.Iterable, abc.Collection, abc.Set)
MAPPINGS = (dict, abc.Mapping, abc.MutableMapping)
UNIONS = (Union, types.UnionType)
_BOUNDS = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "multiple_of": "multipleOf",
    "min_length": ("minLength", "minItems"), "max_length": ("maxLength", "maxItems"), "pattern": "pattern",
}  # fmt: skip


class NoSchema(ValueError):
    """A type that nothing written in JSON can become."""


def schema_of(kind: Any) -> Schema:
    """The JSON Schema of a type.

    >>> schema_of(dict[str, list[int]])
    {'type': 'object', 'additionalProperties': {'type': 'array', 'items': {'type': 'integer'}}}

    Raises: NoSchema for a type that JSON has no form for or that contains itself, ValueError for names of types that mean nothing.
    """
    return _schema(kind, ())


def bare(kind: Any) -> Any:
    """A type without what is only said about it: ``Annotated``, ``NewType``, ``Required``, names made by a ``type`` statement."""
    while True:
        origin = typing.get_origin(kind)
        if origin is Annotated or getattr(origin, "_name", "") in ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar"):
            kind = typing.get_args(kind)[0]
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif type(kind).__name__ == "TypeAliasType":
            kind = kind.__value__
        elif isinstance(kind, typing.TypeVar):
            kind = kind.__bound__ or Any
        else:
            return kind


def told(kind: Any) -> str:
    """What ``Annotated`` says of a type: a text, or something with a ``description`` or ``documentation``."""
    notes = typing.get_args(kind)[1:] if typing.get_origin(kind) is Annotated else ()
    for note in notes:
        said = note if isinstance(note, str) else getattr(note, "description", None) or getattr(note, "documentation", None)
        if isinstance(said, str):
            return said
    return ""


def with_default(schema: Schema, default: Any) -> Schema:
    """The schema with its default, if that can be written in JSON and says anything."""
    value = default.value if isinstance(default, enum.Enum) else default
    if value is MISSING or value is None:
        return schema
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return schema
    return {**schema, "default": value}


def arms(kind: Any) -> tuple[Any, ...]:
    """The types of which a value may have any."""
    inner = bare(kind)
    return typing.get_args(inner) if typing.get_origin(inner) in UNIONS else (inner,)


def object_schema(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": required}


def _schema(kind: Any, within: tuple[Any, ...]) -> Schema:
    made = {**_bare_schema(bare(kind), within)}
    if typing.get_origin(kind) is Annotated:
        for note in typing.get_args(kind)[1:]:
            made |= _bounds(note, made)
    return made


def _bare_schema(kind: Any, within: tuple[Any, ...]) -> Schema:
    if isinstance(kind, abc.Hashable) and kind in PLAIN:
        return PLAIN[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return _one_of([one.value if isinstance(one, enum.Enum) else one for one in inner])
    if origin in UNIONS:
        return _union([_schema(one, within) for one in inner])
    if origin in LISTS:
        return {**PLAIN.get(origin, {"type": "array"}), "items": _schema(inner[0], within)}
    if origin is tuple:
        return _tuple(inner, within)
    if origin in MAPPINGS:
        return {"type": "object", "additionalProperties": _schema(inner[1], within)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _one_of([one.value for one in kind])
    return _class_schema(origin or kind, within)


def _class_schema(kind: Any, within: tuple[Any, ...]) -> Schema:
    if has_own_schema(kind):
        return dict(kind.model_json_schema())
    fields = fields_of(kind)
    name = getattr(kind, "__name__", str(kind))
    if fields is None:
        raise NoSchema(f"JSON has no form for {name}")
    if kind in within:
        raise NoSchema(f"{name} contains itself")
    properties = {}
    for one in fields:
        said = told(one.type) or one.description
        schema = _schema(one.type, (*within, kind))
        properties[one.name] = with_default({**schema, "description": said} if said else schema, one.default)
    return object_schema(properties, [one.name for one in fields if one.required])


def _one_of(values: list[Any]) -> Schema:
    """An enum, with its type if it has only one."""
    kinds = {json.dumps(PLAIN.get(type(value), {})) for value in values}
    if "{}" in kinds:
        raise NoSchema(f"JSON has no form for one of {', '.join(map(repr, values))}")
    return {**(json.loads(kinds.pop()) if len(kinds) == 1 else {}), "enum": values}


def _union(schemas: list[Schema]) -> Schema:
    """``type`` as a list where nothing more is said of any arm, which more templates can print; else ``anyOf``."""
    if {} in schemas:
        return {}
    if all(set(one) == {"type"} for one in schemas):
        return {"type": list(dict.fromkeys(one["type"] for one in schemas))}
    return {"anyOf": schemas}


def _tuple(inner: tuple[Any, ...], within: tuple[Any, ...]) -> Schema:
    if len(inner) == 2 and inner[1] is ...:
        return {"type": "array", "items": _schema(inner[0], within)}
    items = [_schema(one, within) for one in inner if one != ()]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _bounds(note: Any, schema: Schema) -> Schema:
    """What a note such as ``Ge(0)`` says, in JSON Schema's words."""
    found = {}
    for name, keyword in _BOUNDS.items():
        limit = getattr(note, name, None)
        if isinstance(limit, int | float | str) and not isinstance(note, str):
            found[keyword if isinstance(keyword, str) else keyword[schema.get("type") == "array"]] = limit
    for inner in getattr(note, "metadata", ()) or ():  # pydantic's Field holds others
        found |= _bounds(inner, schema)
    return found
