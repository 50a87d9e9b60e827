"""Arguments that models write as plain text -> values, by what the tool says of its parameters."""

from __future__ import annotations

from typing import Any

from ..messages import Tool
from .json_text import parse

_WORDS = {"true": True, "false": False, "none": None, "null": None}


def value_of(text: str, tool: Tool | None, key: str) -> Any:
    """A text where the tool wants one; else the number, list or whatever JSON is written there, if it is any."""
    if "string" in _types(tool, key):
        return text
    bare = text.strip()
    try:
        value = parse(bare)
    except ValueError:
        return _WORDS.get(bare.lower(), text)
    return text if isinstance(value, str) else value


def _types(tool: Tool | None, key: str) -> tuple[Any, ...]:
    """The JSON Schema types of a parameter; none if they are not told."""
    properties = tool.parameters.get("properties") if tool is not None and tool.parameters else None
    schema = properties.get(key) if isinstance(properties, dict) else None
    kind = schema.get("type") if isinstance(schema, dict) else None
    return tuple(kind) if isinstance(kind, list) else (kind,)
