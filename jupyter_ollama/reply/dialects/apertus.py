"""Apertus: JSON in which the name of the tool is the key of its arguments.

    <|tools_prefix|>[{"get_weather": {"city": "Paris"}}, {"get_time": {}}]<|tools_suffix|>

Source: the chat template of swiss-ai/Apertus-8B-Instruct-2509.
"""

from __future__ import annotations

from ...messages import ToolCall
from ..dialect import Dialect
from ..json_text import parse
from ..tagged import Tagged

PREFIX = "<|tools_prefix|>"


def meaning(text: str) -> list[ToolCall]:
    """The calls of such a list; none if any part of it is something else."""
    try:
        value = parse(text)
    except ValueError:
        return []
    objects = value if isinstance(value, list) else [value]
    pairs = [pair for one in objects if isinstance(one, dict) for pair in one.items()]
    if len(pairs) < len(objects) or not all(name and isinstance(arguments, dict) for name, arguments in pairs):
        return []
    return [ToolCall(name, arguments) for name, arguments in pairs]


TAGGED = Tagged((PREFIX,), ("<|tools_suffix|>",), meaning=meaning)

DIALECT = Dialect("apertus", lambda speech: PREFIX in speech.template, TAGGED.read, TAGGED.tokens)
