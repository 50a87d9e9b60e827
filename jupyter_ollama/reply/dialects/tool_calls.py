"""Apriel, MiniMax M1, Nemotron Nano 2, Command R7B: JSON between tags of their own.

    <tool_calls>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</tool_calls>
    <TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</TOOLCALL>
    <|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Paris"}}]<|END_ACTION|>

Source: the chat templates of ServiceNow-AI/Apriel-1.5, MiniMaxAI/MiniMax-M1, nvidia/NVIDIA-Nemotron-Nano-9B-v2,
CohereLabs/c4ai-command-r7b-12-2024.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

OPENS = ("<tool_calls>", "<TOOLCALL>", "<|START_ACTION|>")
TAGGED = Tagged(OPENS, ("</tool_calls>", "</TOOLCALL>", "<|END_ACTION|>"))

DIALECT = Dialect("tool_calls", lambda speech: any(one in speech.template for one in OPENS), TAGGED.read, TAGGED.tokens)
