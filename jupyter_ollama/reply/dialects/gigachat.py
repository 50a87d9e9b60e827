"""GigaChat 3.

    <|message_sep|>

    function call<|role_sep|>
    {"name": "get_weather", "arguments": {"city": "Paris"}}

GigaChat 3.1 writes another token: see tool_calls.
Source: the chat template of ai-sage/GigaChat3-10B-A1.8B.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

SEPARATORS = ("<|message_sep|>", "<|role_sep|>")
ROLE = "function call<|role_sep|>"
TAGGED = Tagged((f"<|message_sep|>\n\n{ROLE}", f"<|message_sep|>{ROLE}"), ())

DIALECT = Dialect("gigachat", lambda speech: all(one in speech.template for one in SEPARATORS), TAGGED.read, SEPARATORS)
