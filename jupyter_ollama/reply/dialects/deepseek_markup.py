"""DeepSeek V3.2 and V4.

    <｜DSML｜function_calls>
    <｜DSML｜invoke name="get_weather">
    <｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>
    <｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>
    </｜DSML｜invoke>
    </｜DSML｜function_calls>

Source: the encoding of messages in the repository of deepseek-ai/DeepSeek-V3.2.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..elements import Elements

TAG = "｜DSML｜"

ELEMENTS = Elements(
    call=f'<{TAG}invoke name="', name_end='">', call_end=f"</{TAG}invoke>",
    key=f'<{TAG}parameter name="', key_ends={'">': False, '" string="true">': True, '" string="false">': False},
    value_end=f"</{TAG}parameter>",
    outer=(f"<{TAG}function_calls>", f"<{TAG}tool_calls>"), outer_ends=(f"</{TAG}function_calls>", f"</{TAG}tool_calls>"),
)  # fmt: skip

DIALECT = Dialect("deepseek_markup", lambda speech: TAG in speech.template, ELEMENTS.read, (TAG, *ELEMENTS.tokens))
