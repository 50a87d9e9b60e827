"""The tiny models that are converted in tests: one file for each family, one line each here."""

from __future__ import annotations

from ..tiny import Tiny
from . import (
    arcee,
    bert,
    cohere,
    deepseek,
    early,
    encoders,
    fp8,
    gemma,
    gpt_oss,
    granite,
    internlm2,
    lfm2,
    llama,
    mistral,
    nomic_bert,
    olmo,
    phi3,
    qwen,
    seed_oss,
    stablelm,
    starcoder2,
)

FOLDERS: dict[str, Tiny] = {
    **llama.FOLDERS,
    **mistral.FOLDERS,
    **qwen.FOLDERS,
    **phi3.FOLDERS,
    **granite.FOLDERS,
    **cohere.FOLDERS,
    **olmo.FOLDERS,
    **starcoder2.FOLDERS,
    **stablelm.FOLDERS,
    **internlm2.FOLDERS,
    **lfm2.FOLDERS,
    **deepseek.FOLDERS,
    **gpt_oss.FOLDERS,
    **seed_oss.FOLDERS,
    **arcee.FOLDERS,
    **fp8.FOLDERS,
    **gemma.FOLDERS,
    **bert.FOLDERS,
    **nomic_bert.FOLDERS,
    **early.FOLDERS,
    **encoders.FOLDERS,
}  # fmt: skip
