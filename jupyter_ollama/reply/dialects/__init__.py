"""The dialects, one a file; the first whose signs a template shows is spoken.

A new one is a file and a line here.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..speech import Speech
from . import deepseek, generic, granite, harmony, hermes, llama, mistral

DIALECTS = (
    harmony.DIALECT,
    deepseek.DIALECT,
    mistral.DIALECT,
    granite.DIALECT,
    hermes.DIALECT,
    llama.DIALECT,
    generic.DIALECT,
)


def dialect_of(speech: Speech) -> Dialect | None:
    """How to read the answers of a model; None where there is nothing but content to find."""
    return next((one for one in DIALECTS if (speech.tools or one.channels) and one.spoken(speech)), None)
