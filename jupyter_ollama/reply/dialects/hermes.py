"""Hermes, Qwen, Granite 4 and many that follow them.

    <tool_call>
    {"name": "get_weather", "arguments": {"city": "Paris"}}
    </tool_call>

Several calls are several blocks; some models write several objects, or a list, into one. Some forget the tags, and some the end of their
thoughts before a call.
Source: the model card of NousResearch/Hermes-2-Pro; Qwen's documentation of function calling.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

OPEN = "<tool_call>"
TAGGED = Tagged((OPEN,), ("</tool_call>",))

DIALECT = Dialect("hermes", lambda speech: OPEN in speech.template, TAGGED.read, TAGGED.tokens, tagged=TAGGED)
