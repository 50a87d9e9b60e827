"""Firefunction 2.

    functools[{"name": "get_weather", "arguments": {"city": "Paris"}}]

Source: the chat template of fireworks-ai/llama-3-firefunction-v2.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..tagged import Tagged

OPEN = "functools"
TAGGED = Tagged((OPEN,), ())

DIALECT = Dialect("firefunction", lambda speech: OPEN in speech.template, TAGGED.read)
