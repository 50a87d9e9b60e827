"""GLM 4.5 and later, Ling, Spark.

    <tool_call>get_weather
    <arg_key>city</arg_key>
    <arg_value>Paris</arg_value>
    </tool_call>

Source: the chat template of zai-org/GLM-4.5.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..elements import Elements, occur

ELEMENTS = Elements(
    call="<tool_call>", call_end="</tool_call>",
    key="<arg_key>", key_ends={"</arg_key>": False}, value="<arg_value>", value_end="</arg_value>",
)  # fmt: skip

DIALECT = Dialect(
    "glm", lambda speech: occur(["<arg_key>", "<arg_value>"], speech), ELEMENTS.read,
    ("<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>"),
)  # fmt: skip
