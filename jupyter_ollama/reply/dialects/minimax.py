"""MiniMax M2.

    <minimax:tool_call>
    <invoke name="get_weather">
    <parameter name="city">Paris</parameter>
    </invoke>
    </minimax:tool_call>

Source: the guide to tool calling of MiniMaxAI/MiniMax-M2.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..elements import Elements, occur

ELEMENTS = Elements(
    call='<invoke name="', name_end='">', call_end="</invoke>",
    key='<parameter name="', key_ends={'">': False}, value_end="</parameter>",
    outer=("<minimax:tool_call>",), outer_ends=("</minimax:tool_call>",),
)  # fmt: skip

DIALECT = Dialect("minimax", lambda speech: occur(['<invoke name="', "minimax:tool_call"], speech), ELEMENTS.read, ELEMENTS.tokens)
