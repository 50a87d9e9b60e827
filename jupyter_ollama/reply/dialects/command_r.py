"""Cohere's Command R7B and later.

    <|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}]<|END_ACTION|>
    <|START_RESPONSE|>It rains.<|END_RESPONSE|>

Source: the chat template of CohereLabs/c4ai-command-r7b-12-2024.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

ACTION = "<|START_ACTION|>"
TAGGED = Tagged(
    (ACTION,), ("<|END_ACTION|>",), dropped=("<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>")
)  # fmt: skip

DIALECT = Dialect("command_r", lambda speech: ACTION in speech.template, TAGGED.read, TAGGED.tokens)
