"""The dialects, one a file; the first whose signs a template shows is spoken.

A new one is a file and a line here.
"""

from __future__ import annotations

from ..dialect import Dialect
from ..speech import Speech
from . import (
    apertus,
    command_r,
    deepseek,
    deepseek_markup,
    demanded,
    firefunction,
    functionary,
    gemma,
    generic,
    gigachat,
    glimmer,
    glm,
    granite,
    harmony,
    hermes,
    hunyuan,
    kimi,
    kimi3,
    lfm,
    llama,
    llama4,
    minicpm,
    minimax,
    minimax3,
    mistral,
    qwen_coder,
    solar,
    tool_calls,
)

DIALECTS = (
    demanded.DIALECT,
    glimmer.DIALECT,
    harmony.DIALECT,
    deepseek.DIALECT,
    deepseek_markup.DIALECT,
    kimi.DIALECT,
    kimi3.DIALECT,
    minimax3.DIALECT,
    minimax.DIALECT,
    mistral.DIALECT,
    granite.DIALECT,
    glm.DIALECT,
    qwen_coder.DIALECT,
    minicpm.DIALECT,
    command_r.DIALECT,
    gemma.DIALECT,
    apertus.DIALECT,
    hunyuan.DIALECT,
    solar.DIALECT,
    functionary.DIALECT,
    firefunction.DIALECT,
    tool_calls.DIALECT,
    gigachat.DIALECT,
    hermes.DIALECT,  # its tag occurs in others, too
    lfm.DIALECT,
    llama4.DIALECT,
    llama.DIALECT,
    generic.DIALECT,
)


def dialect_of(speech: Speech) -> Dialect | None:
    """How to read the answers of a model; None where there is nothing but content to find."""
    return next((one for one in DIALECTS if (speech.tools or one.channels) and one.spoken(speech)), None)
