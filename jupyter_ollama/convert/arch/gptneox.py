"""GPT-NeoX and Pythia: LayerNorm, rotary embedding on a part of each head, both parts of a block side by side."""

from __future__ import annotations

from ..keys import ROTARY_SIZE
from ..records import GELU_TANH, Arch, Fixed, Key, Rule
from ..tensors import norm
from .gpt2 import EARLY_KEYS, FUSED, FUSED_BIASES, WIDE

GPTNEOX = Arch(
    name="gptneox",
    models=("GPTNeoXForCausalLM",),
    keys=(*EARLY_KEYS, ROTARY_SIZE, Key("{arch}.use_parallel_residual", ("use_parallel_residual",), "bool", default=True)),
    tensors=(*FUSED, *FUSED_BIASES, *norm("blk.{bid}.ffn_norm")),
    rules=(Rule(r".*\.query_key_value\.(weight|bias)", "ungroup"),),
    fixed=(*GELU_TANH, Fixed("attention_bias", (True,)), Fixed("@rope.rope_theta", (10_000.0,))),
    views=WIDE,
    defaults={
        "layer_norm_eps": 1e-5, "max_position_embeddings": 2048, "rotary_pct": 0.25, "rotary_emb_base": 10_000,
        "tie_word_embeddings": False,
    },
)  # fmt: skip
