"""IBM's Granite 3, and Phi-4-mini, which writes a closing tag.

    <|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris"}}]
    <tool_call>[{"name": ..., "arguments": {...}}]                        the same with the tag as plain text

Source: IBM's documentation of function calling with Granite 3; the model card of microsoft/Phi-4-mini-instruct.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

OPEN = "<|tool_call|>"
TAGGED = Tagged((OPEN, "<tool_call>"), ("<|/tool_call|>", "</tool_call>"))

DIALECT = Dialect("granite", lambda speech: OPEN in speech.template, TAGGED.read, TAGGED.tokens)
