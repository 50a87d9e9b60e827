"""OpenAI's gpt-oss: experts in MXFP4 with gate and up in alternating rows, windows in every second block, a sink for attention."""

from __future__ import annotations

from ..keys import COMMON, EXPERTS, HEAD_SIZES
from ..records import OTHER_WINDOWS, Arch, Fixed, Key, Rule, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, attention_biases, experts
from ..views import window_every

GPT_OSS = Arch(
    name="gpt-oss",
    models=("GptOssForCausalLM",),
    keys=(
        *COMMON, *HEAD_SIZES, *EXPERTS,
        Key("{arch}.attention.sliding_window", ("sliding_window",), required=True),
        Key("{arch}.expert_feed_forward_length", ("@inner",), required=True),
    ),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *attention_biases(required=True),
        Tensor("blk.{bid}.attn_sinks.weight", ("@heads",)),
        Tensor("blk.{bid}.post_attention_norm.weight", ("@width",)),
        *experts(inner="@inner"),
        Tensor("blk.{bid}.ffn_gate_inp.bias", ("@experts",)),
        Tensor("blk.{bid}.ffn_gate_exps.bias", ("@inner", "@experts")),
        Tensor("blk.{bid}.ffn_up_exps.bias", ("@inner", "@experts")),
        Tensor("blk.{bid}.ffn_down_exps.bias", ("@width", "@experts")),
    ),
    rules=(
        Rule(r"(.*\.self_attn\.sinks)", "", "", r"\1.weight"),
        Rule(r"(.*\.mlp\.experts\.(?:gate_up|down)_proj)", "transpose", "", r"\1.mxfp4"),  # those in floats lie the other way
        Rule(r"(.*\.mlp\.experts\.down_proj)\.mxfp4", "", "", r"\1.weight"),
        Rule(r"(.*\.mlp\.experts)\.gate_up_proj\.mxfp4", "every_second", "0", r"\1.gate_proj.weight"),
        Rule(r"(.*\.mlp\.experts)\.gate_up_proj\.mxfp4", "every_second", "1", r"\1.up_proj.weight"),
        Rule(r"(.*\.mlp\.experts\.down_proj)_bias", "", "", r"\1.bias"),
        Rule(r"(.*\.mlp\.experts)\.gate_up_proj_bias", "every_second_column", "0", r"\1.gate_proj.bias"),
        Rule(r"(.*\.mlp\.experts)\.gate_up_proj_bias", "every_second_column", "1", r"\1.up_proj.bias"),
    ),
    views={"window_every_2": lambda config: window_every(config, 2)},
    packed="mxfp4",
    fixed=(Fixed("@window_every_2", (True,), OTHER_WINDOWS), Fixed("attention_bias", (True,)), Fixed("swiglu_limit", (7,))),
    defaults={
        "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 150_000.0, "tie_word_embeddings": False, "head_dim": 64,
        "sliding_window": 128, "num_experts_per_tok": 4, "attention_bias": True,
    },
)  # fmt: skip
