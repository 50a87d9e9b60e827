"""Apriel, MiniMax M1, Nemotron Nano 2, GigaChat 3.1: JSON behind tags of their own.

    <tool_calls>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</tool_calls>
    <TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</TOOLCALL>
    <|function_call|>{"name": "get_weather", "arguments": {"city": "Paris"}}

Source: the chat templates of ServiceNow-AI/Apriel-1.5, MiniMaxAI/MiniMax-M1, nvidia/NVIDIA-Nemotron-Nano-9B-v2, ai-sage/GigaChat3.1.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

OPENS = ("<tool_calls>", "<TOOLCALL>", "<|function_call|>")
TAGGED = Tagged(OPENS, ("</tool_calls>", "</TOOLCALL>"))

DIALECT = Dialect("tool_calls", lambda speech: any(one in speech.template for one in OPENS), TAGGED.read, TAGGED.tokens)
