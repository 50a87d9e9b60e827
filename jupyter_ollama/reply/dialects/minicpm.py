"""MiniCPM 5.

    <function name="get_weather"><param name="city">Paris</param></function>

Source: the chat template of openbmb/MiniCPM5-1B.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..elements import Elements, occur

ELEMENTS = Elements(
    call='<function name="', name_end='">', call_end="</function>", key='<param name="', key_ends={'">': False}, value_end="</param>"
)  # fmt: skip

DIALECT = Dialect("minicpm", lambda speech: occur([ELEMENTS.call, ELEMENTS.key], speech), ELEMENTS.read)
