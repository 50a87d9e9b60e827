"""The architectures that can be converted: one file and one line each."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from ...errors import SourceError, UnsupportedArchitecture
from ...sentences import Sentence
from ..records import Arch
from .arcee import ARCEE
from .bert import BERT
from .cohere import COHERE
from .cohere2 import COHERE2
from .deepseek2 import DEEPSEEK2
from .distilbert import DISTILBERT
from .falcon import FALCON
from .gemma import GEMMA
from .gemma2 import GEMMA2
from .gemma3 import GEMMA3
from .gemma_embedding import GEMMA_EMBEDDING
from .gpt2 import GPT2
from .gpt_oss import GPT_OSS
from .gptneox import GPTNEOX
from .granite import GRANITE
from .granitemoe import GRANITEMOE
from .internlm2 import INTERNLM2
from .internlm3 import INTERNLM3
from .lfm2 import LFM2
from .lfm2moe import LFM2MOE
from .llama import LLAMA
from .mistral import MISTRAL
from .mistral3 import MISTRAL3
from .mixtral import MIXTRAL
from .modern_bert import MODERN_BERT
from .nomic_bert import NOMIC_BERT
from .olmo import OLMO
from .olmo2 import OLMO2, OLMO3
from .olmoe import OLMOE
from .phi2 import PHI2
from .phi3 import PHI3
from .qwen2 import QWEN2
from .qwen2moe import QWEN2MOE
from .qwen3 import QWEN3
from .qwen3moe import QWEN3MOE
from .seed_oss import SEED_OSS
from .smollm3 import SMOLLM3
from .stablelm import STABLELM
from .starcoder2 import STARCODER2
from .xlm_roberta import XLM_ROBERTA

ARCHITECTURES: tuple[Arch, ...] = (
    ARCEE,
    BERT,
    COHERE,
    COHERE2,
    DEEPSEEK2,
    DISTILBERT,
    FALCON,
    GEMMA,
    GEMMA2,
    GEMMA3,
    GEMMA_EMBEDDING,
    GPT2,
    GPTNEOX,
    GPT_OSS,
    GRANITE,
    GRANITEMOE,
    INTERNLM2,
    INTERNLM3,
    LFM2,
    LFM2MOE,
    LLAMA,
    MISTRAL,
    MISTRAL3,
    MIXTRAL,
    MODERN_BERT,
    NOMIC_BERT,
    OLMO,
    OLMO2,
    OLMO3,
    OLMOE,
    PHI2,
    PHI3,
    QWEN2,
    QWEN2MOE,
    QWEN3,
    QWEN3MOE,
    SEED_OSS,
    SMOLLM3,
    STABLELM,
    STARCODER2,
    XLM_ROBERTA,
)  # fmt: skip

BY_MODEL: Mapping[str, Arch] = {model: arch for arch in ARCHITECTURES for model in arch.models}


def find(names: object, path: Path) -> tuple[str, Arch]:
    """The architecture that a config names, and under which name.

    Args:
        names: ``architectures`` of the config.
        path: the config, for errors.
    Raises: UnsupportedArchitecture with what is supported; SourceError when none is named.
    """
    if not isinstance(names, list) or not names or not isinstance(names[0], str):
        raise SourceError(
            Sentence("%1 names no architecture.", path), hint="It needs an entry such as \"architectures\": [\"LlamaForCausalLM\"].",
            path=path, text="unknown architecture",
        )  # fmt: skip
    wanted = names[0]
    found = BY_MODEL.get(wanted)
    if found is None:
        raise _unsupported(wanted, path)
    return wanted, found


def _unsupported(wanted: str, path: Path) -> UnsupportedArchitecture:
    near = tuple(difflib.get_close_matches(wanted, BY_MODEL, n=3, cutoff=0.75))
    return UnsupportedArchitecture(
        Sentence("unsupported architecture %1 in %2.", repr(wanted), path),
        hint=Sentence("Supported are %1. Where somebody offers the model as GGUF, use FROM with that file.", ", ".join(sorted(BY_MODEL))),
        path=path, architecture=wanted, near=near, supported=tuple(sorted(BY_MODEL)),
        text=f'unsupported architecture "{wanted}"',
    )  # fmt: skip
