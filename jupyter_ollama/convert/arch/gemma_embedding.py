"""EmbeddingGemma: Gemma 3 in which every token sees its neighbours on both sides, and two more layers behind the pooling."""

from __future__ import annotations

from ..dense import dense_sizes
from ..records import Arch, Key, Rule, Tensor
from .gemma import RULES
from .gemma3 import DEFAULTS, FIXED, KEYS, TENSORS, VIEWS

GEMMA_EMBEDDING = Arch(
    name="gemma-embedding",
    models=("Gemma3TextModel",),
    keys=(
        *KEYS,
        Key("{arch}.pooling_type", ("@pooling",)),
        Key("{arch}.dense_2_feat_in", ("@dense_2.in",)),
        Key("{arch}.dense_2_feat_out", ("@dense_2.out",)),
        Key("{arch}.dense_3_feat_in", ("@dense_3.in",)),
        Key("{arch}.dense_3_feat_out", ("@dense_3.out",)),
    ),
    tensors=(
        *TENSORS,
        Tensor("dense_2.weight", ("@dense_2.in", "@dense_2.out"), required="@dense_2"),
        Tensor("dense_3.weight", ("@dense_3.in", "@dense_3.out"), required="@dense_3"),
    ),
    rules=(
        Rule(r"((?:layers|embed_tokens|norm)\..+)", name=r"model.\1"),
        Rule(r"([23])_Dense\.linear\.weight", name=r"dense_\1.weight"),
        *RULES,
    ),
    views={
        **VIEWS,
        "dense_2": lambda config: dense_sizes(config, "2_Dense"),
        "dense_3": lambda config: dense_sizes(config, "3_Dense"),
    },
    fixed=FIXED,
    defaults=DEFAULTS,
    dense=True,
)
