"""``toTypeScriptType``: the type of a tool's parameter as a TypeScript programmer writes it."""

from __future__ import annotations

from typing import Any

from .trouble import Trouble
from .values import Record, kind

_DEEPEST = 20

_TYPESCRIPT = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "array": "any[]",
    "object": "Record<string, any>",
    "null": "null",
}


def typescript(value: Any, depth: int = 0) -> str:
    """The TypeScript type of a JSON Schema property, given as a Record or a plain map."""
    fields = _schema(value)
    if depth > _DEEPEST:
        return "any"
    alternatives = fields.get("anyof")
    if isinstance(alternatives, list) and alternatives:
        return " | ".join(typescript(one, depth + 1) for one in alternatives)
    words = fields.get("type") or []
    words = [words] if isinstance(words, str) else words
    return " | ".join(_typescript_word(str(word), fields.get("items"), depth) for word in words) or "any"


def _typescript_word(word: str, items: Any, depth: int) -> str:
    if word == "array" and isinstance(items, Record | dict) and items:
        inner = typescript(items, depth + 1)
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    return _TYPESCRIPT.get(word, "any")


def _schema(value: Any) -> dict[str, Any]:
    if isinstance(value, Record):
        value = value.fields
    if isinstance(value, dict):
        return {str(name).lower(): one for name, one in value.items()}
    raise Trouble(f"toTypeScriptType of type {kind(value)}", hint="Give it a property of a tool's parameters.")
