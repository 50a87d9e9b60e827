"""allOf: several schemas as one. Objects are put together; anything else only if the parts do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..sentences import Sentence
from .trouble import SchemaTrouble

_NOTES = frozenset({
    "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "nullable", "discriminator",
    "$schema", "$id", "$anchor", "$comment", "$vocabulary", "$defs", "definitions", "contentEncoding", "contentMediaType",
})  # fmt: skip


def without_notes(schema: dict[str, Any]) -> dict[str, Any]:
    """Only the keywords that an answer has to follow. An unknown keyword is a note, as JSON Schema has it."""
    return {key: value for key, value in schema.items() if key not in _NOTES and not key.startswith("x-")}


def merged(parts: Iterable[Any]) -> Any:
    """One schema that asks for what all parts ask for. Raises: SchemaTrouble."""
    whole: dict[str, Any] = {}
    for part in parts:
        if part is True:
            continue
        if not isinstance(part, dict):
            raise SchemaTrouble("nothing can follow it" if part is False else Sentence("%1 is no schema", f"{part!r:.60}"))
        for key, value in without_notes(part).items():
            whole[key] = _both(key, whole[key], value) if key in whole else value
    return whole


def _both(key: str, first: Any, second: Any) -> Any:
    if first == second:
        return first
    if key == "properties" and isinstance(first, dict) and isinstance(second, dict):
        return {**first, **{name: merged([first[name], one]) if name in first else one for name, one in second.items()}}
    if key == "required" and isinstance(first, list) and isinstance(second, list):
        return [*first, *(name for name in second if name not in first)]
    if key == "allOf" and isinstance(first, list) and isinstance(second, list):
        return first + second
    if key == "additionalProperties" and (first is True or second is True):
        return second if first is True else first
    raise SchemaTrouble(Sentence("its parts ask for different things as %1", repr(key)), "Describe the object in one piece.")
