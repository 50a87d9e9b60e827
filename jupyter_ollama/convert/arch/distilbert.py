"""DistilBERT (msmarco-distilbert, multi-qa-distilbert): BERT with half the blocks, without token types."""

from __future__ import annotations

from dataclasses import replace

from ..records import Fixed, Key, Rule
from .bert import BERT, TOKEN_TYPES

DISTILBERT = replace(
    BERT,
    models=("DistilBertModel", "DistilBertForMaskedLM"),
    keys=(*(key for key in BERT.keys if key is not TOKEN_TYPES), Key(TOKEN_TYPES.name, (), default=1)),
    tensors=tuple(tensor for tensor in BERT.tensors if tensor.name != "token_types.weight"),
    rules=(
        Rule(r"distilbert\.(.+)", name=r"\1"),
        Rule(r"vocab_(?:transform|layer_norm|projector)\..+", "drop"),
        *BERT.rules,
    ),
    fixed=(Fixed("activation", ("gelu",)),),
    defaults={"layer_norm_eps": 1e-12, "max_position_embeddings": 512},
)
