"""Hunyuan 3.

    <tool_calls:opensource>
    <tool_call:opensource>get_weather<tool_sep:opensource>
    <arg_key:opensource>city</arg_key:opensource>
    <arg_value:opensource>Paris</arg_value:opensource>
    </tool_call:opensource>
    </tool_calls:opensource>

The template writes the last word of each tag from a variable.
Source: the chat template of tencent/Hy3.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..elements import Elements

WORD = ":opensource"

ELEMENTS = Elements(
    call=f"<tool_call{WORD}>", name_end=f"<tool_sep{WORD}>", call_end=f"</tool_call{WORD}>",
    key=f"<arg_key{WORD}>", key_ends={f"</arg_key{WORD}>": False}, value=f"<arg_value{WORD}>", value_end=f"</arg_value{WORD}>",
    outer=(f"<tool_calls{WORD}>",), outer_ends=(f"</tool_calls{WORD}>",),
)  # fmt: skip

DIALECT = Dialect("hunyuan", lambda speech: WORD in speech.template, ELEMENTS.read, ELEMENTS.tokens)
