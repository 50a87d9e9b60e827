"""RoBERTa and XLM-RoBERTa (BGE-M3, multilingual E5): BERT with positions that begin behind the one of padding.

They differ in their tokenizers only, byte-level BPE and Unigram.
"""

from __future__ import annotations

from dataclasses import replace

from ..config import ConfigView
from ..records import Rule, Tensor
from .bert import BERT


def first_position(config: ConfigView) -> int:
    """The position of the first token."""
    return config.integer("pad_token_id") + 1


XLM_ROBERTA = replace(
    BERT,
    models=("XLMRobertaModel", "XLMRobertaForMaskedLM", "RobertaModel", "RobertaForMaskedLM"),
    tensors=tuple(
        Tensor(tensor.name, ("@width", "@positions")) if tensor.name == "position_embd.weight" else tensor for tensor in BERT.tensors
    ),
    rules=(
        Rule(r"(?:roberta\.)(.+)", name=r"\1"),
        Rule(r"lm_head\..+", "drop"),
        Rule(r"embeddings\.position_embeddings\.weight", "skip", "@first_position"),
        *BERT.rules,
    ),
    views={
        "first_position": first_position,
        "positions": lambda config: config.integer("max_position_embeddings") - config.integer("@first_position"),
    },
    defaults={**BERT.defaults, "pad_token_id": 1, "layer_norm_eps": 1e-5, "max_position_embeddings": 514},
)
