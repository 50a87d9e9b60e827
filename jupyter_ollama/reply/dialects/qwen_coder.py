"""Qwen3-Coder, Qwen 3.5, Nemotron 3, Seed-OSS, Step.

    <tool_call>
    <function=get_weather>
    <parameter=city>
    Paris
    </parameter>
    </function>
    </tool_call>

Values are text, of the type that the tool says. The outer tag is often forgotten.
Source: the chat template and parser in the repository of Qwen/Qwen3-Coder.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..elements import Elements, occur

ELEMENTS = Elements(
    call="<function=", name_end=">", call_end="</function>",
    key="<parameter=", key_ends={">": False}, value_end="</parameter>",
    outer=("<tool_call>", "<seed:tool_call>"), outer_ends=("</tool_call>", "</seed:tool_call>"),
)  # fmt: skip

DIALECT = Dialect("qwen_coder", lambda speech: occur(["<function=", "<parameter="], speech), ELEMENTS.read, ELEMENTS.tokens)
