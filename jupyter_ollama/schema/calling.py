"""The schema of an answer that calls one of some tools, and is nothing else: ``{"name": ..., "arguments": {...}}``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import OptionError
from ..messages import Tool
from .wanted import as_format

_ANY = {"type": "object"}
_NONE = {"type": "object", "properties": {}}


def as_call(tools: Sequence[Tool]) -> str:
    """What an engine takes as format, so that the answer is a call. Arguments that no grammar can follow may be any object.

    Raises: OptionError when there are no tools.
    """
    if not tools:
        raise OptionError("There is no tool that could be called.", hint="Give at least one as tools.", option="must_call")
    try:
        return as_format(_calls(tools, [_arguments(tool) for tool in tools]))
    except OptionError:  # too much together
        return as_format(_call({"enum": [tool.name for tool in tools]}, _ANY))


def _calls(tools: Sequence[Tool], arguments: Sequence[Any]) -> dict[str, Any]:
    return {
        "anyOf": [
            _call({"const": tool.name}, _moved(schema, f"#/anyOf/{place}/properties/arguments"))
            for place, (tool, schema) in enumerate(zip(tools, arguments, strict=True))
        ]
    }


def _call(name: Any, arguments: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"name": name, "arguments": arguments}, "required": ["name", "arguments"]}


def _arguments(tool: Tool) -> Any:
    schema = {"type": "object", **tool.parameters} if tool.parameters else _NONE
    try:
        as_format(schema)
    except OptionError:
        return _ANY
    return schema


def _moved(schema: Any, place: str) -> Any:
    """A schema that stands within another: its references begin at its own place."""
    if isinstance(schema, dict):
        return {
            key: place + value[1:] if key == "$ref" and isinstance(value, str) and value.startswith("#") else _moved(value, place)
            for key, value in schema.items()
        }
    return [_moved(one, place) for one in schema] if isinstance(schema, list) else schema
