"""StableLM 2 and StableLM 3B: LayerNorm, rotary embedding on a part of each head; the 12B has a norm for each head and no second norm."""

from __future__ import annotations

from ..keys import COMMON, ROTARY_SIZE
from ..records import SILU, UNSCALED, Arch, Key, Rule, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU, qkv_biases

STABLELM = Arch(
    name="stablelm",
    models=("StableLmForCausalLM", "StableLMEpochForCausalLM"),
    keys=(
        *(key for key in COMMON if ".rope.scaling." not in key.name and "epsilon" not in key.name),
        Key("{arch}.attention.layer_norm_epsilon", ("layer_norm_eps", "norm_eps"), "f32", default=1e-5),
        Key("{arch}.use_parallel_residual", ("use_parallel_residual",), "bool", default=False),
        ROTARY_SIZE,
    ),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *(tensor for tensor in SWIGLU if "_norm." not in tensor.name), *qkv_biases("use_qkv_bias"),
        Tensor("output_norm.bias", ("@width",)),
        Tensor("blk.{bid}.attn_norm.bias", ("@width",)),
        Tensor("blk.{bid}.attn_q_norm.weight", ("@head_dim", "@heads"), required="qk_layernorm"),
        Tensor("blk.{bid}.attn_k_norm.weight", ("@head_dim", "@kv_heads"), required="qk_layernorm"),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",), required="@sequential"),
        Tensor("blk.{bid}.ffn_norm.bias", ("@width",), required="@sequential"),
    ),
    rules=(
        Rule(r"(.*\.q_layernorm)\.norms\.(?P<part>\d+)\.weight", "stack", "@heads", r"\1.weight"),
        Rule(r"(.*\.k_layernorm)\.norms\.(?P<part>\d+)\.weight", "stack", "@kv_heads", r"\1.weight"),
    ),
    views={"sequential": lambda config: not config.get("use_parallel_residual")},
    fixed=(*SILU, *UNSCALED),
    defaults={
        "max_position_embeddings": 4096, "rope_theta": 10_000.0, "partial_rotary_factor": 0.25,
        "tie_word_embeddings": False, "use_parallel_residual": False,
    },
)  # fmt: skip
