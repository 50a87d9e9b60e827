"""GPT-2, GPT-NeoX, Falcon and Phi-2: LayerNorm, and mostly queries, keys and values in one matrix."""

from __future__ import annotations

from ..tiny import GELU, Config, Shapes, Tiny, matrix, vector

NONE: Config = dict.fromkeys(("rms_norm_eps", "num_key_value_heads", "intermediate_size", "tie_word_embeddings"))
GPT2: Config = {
    **NONE, **dict.fromkeys(("hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings", "hidden_act")),
    "n_embd": 64, "n_layer": 2, "n_head": 4, "n_ctx": 64, "n_positions": 64, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new",
    "bos_token_id": 376, "eos_token_id": 376,
}  # fmt: skip
NEOX: Config = {
    **NONE, "hidden_act": "gelu", "rotary_pct": 0.25, "rotary_emb_base": 10_000, "layer_norm_eps": 1e-5, "use_parallel_residual": True,
    "intermediate_size": 192, "max_position_embeddings": 128, "bos_token_id": 376, "eos_token_id": 376, "tie_word_embeddings": False,
}  # fmt: skip
FALCON: Config = {
    **NONE, "hidden_act": None, "layer_norm_epsilon": 1e-5, "alibi": False, "bias": False, "parallel_attn": True, "multi_query": True,
    "max_position_embeddings": 2048, "bos_token_id": 376, "eos_token_id": 376,
}  # fmt: skip
PHI: Config = {
    **NONE, "hidden_act": "gelu_new", "layer_norm_eps": 1e-5, "partial_rotary_factor": 0.5, "intermediate_size": 256,
    "max_position_embeddings": 128, "bos_token_id": 376, "eos_token_id": 376, "tie_word_embeddings": False, "qk_layernorm": False,
}  # fmt: skip


def gpt2(config: Config) -> Shapes:
    """GPT-2's tensors: its matrices have a row for each input."""
    width = config["n_embd"]
    yield "wte.weight", (config["vocab_size"], width)
    yield "wpe.weight", (config["n_positions"], width)
    for number in range(config["n_layer"]):
        block = f"h.{number}."
        yield from vector(f"{block}ln_1", width, biased=True)
        for name, inputs, outputs in (("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width)):
            yield f"{block}{name}.weight", (inputs, outputs)
            yield f"{block}{name}.bias", (outputs,)
        yield from vector(f"{block}ln_2", width, biased=True)
        for name, inputs, outputs in (("mlp.c_fc", width, 4 * width), ("mlp.c_proj", 4 * width, width)):
            yield f"{block}{name}.weight", (inputs, outputs)
            yield f"{block}{name}.bias", (outputs,)
    yield from vector("ln_f", width, biased=True)


def gptneox(config: Config) -> Shapes:
    """GPT-NeoX's tensors."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    yield "gpt_neox.embed_in.weight", (config["vocab_size"], width)
    for number in range(config["num_hidden_layers"]):
        block = f"gpt_neox.layers.{number}."
        yield from vector(f"{block}input_layernorm", width, biased=True)
        yield from vector(f"{block}post_attention_layernorm", width, biased=True)
        yield from matrix(f"{block}attention.query_key_value", 3 * width, width, biased=True)
        yield from matrix(f"{block}attention.dense", width, width, biased=True)
        yield from matrix(f"{block}mlp.dense_h_to_4h", inner, width, biased=True)
        yield from matrix(f"{block}mlp.dense_4h_to_h", width, inner, biased=True)
    yield from vector("gpt_neox.final_layer_norm", width, biased=True)
    yield "embed_out.weight", (config["vocab_size"], width)


def falcon(config: Config) -> Shapes:
    """Falcon's tensors."""
    width, heads = config["hidden_size"], config["num_attention_heads"]
    yield "transformer.word_embeddings.weight", (config["vocab_size"], width)
    for number in range(config["num_hidden_layers"]):
        block = f"transformer.h.{number}."
        for name in ("ln_attn", "ln_mlp") if config.get("new_decoder_architecture") else ("input_layernorm",):
            yield from vector(f"{block}{name}", width, biased=True)
        yield from matrix(f"{block}self_attention.query_key_value", (heads + 2 * config["num_kv_heads"]) * (width // heads), width)
        yield from matrix(f"{block}self_attention.dense", width, width)
        yield from matrix(f"{block}mlp.dense_h_to_4h", 4 * width, width)
        yield from matrix(f"{block}mlp.dense_4h_to_h", width, 4 * width)
    yield from vector("transformer.ln_f", width, biased=True)


def phi(config: Config) -> Shapes:
    """Phi-2's tensors."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    yield "model.embed_tokens.weight", (config["vocab_size"], width)
    for number in range(config["num_hidden_layers"]):
        block = f"model.layers.{number}."
        yield from vector(f"{block}input_layernorm", width, biased=True)
        for name in ("q_proj", "k_proj", "v_proj", "dense"):
            yield from matrix(f"{block}self_attn.{name}", width, width, biased=True)
        yield from matrix(f"{block}mlp.fc1", inner, width, biased=True)
        yield from matrix(f"{block}mlp.fc2", width, inner, biased=True)
    yield from vector("model.final_layernorm", width, biased=True)
    yield from matrix("lm_head", config["vocab_size"], width, biased=True)


FOLDERS: dict[str, Tiny] = {
    "gpt2": Tiny("gpt2", "F32", "GPT2LMHeadModel", "gpt2", shapes=gpt2, config=GPT2, logits=GELU),
    "gptneox": Tiny("gpt2", "F16", "GPTNeoXForCausalLM", "gpt_neox", shapes=gptneox, config=NEOX, logits=GELU, raw=True),
    "gptneox-sequential": Tiny(
        "gpt2", "F32", "GPTNeoXForCausalLM", "gpt_neox", shapes=gptneox, config={**NEOX, "use_parallel_residual": False, "rotary_pct": 1.0},
        logits=GELU, raw=True,
    ),
    "falcon": Tiny("gpt2", "BF16", "FalconForCausalLM", "falcon", shapes=falcon, config={**FALCON, "num_kv_heads": 1}, logits=GELU),
    "falcon-groups": Tiny(
        "gpt2", "F32", "FalconForCausalLM", "falcon", shapes=falcon, logits=GELU,
        config={**FALCON, "new_decoder_architecture": True, "num_kv_heads": 2},
    ),
    "phi2": Tiny("gpt2", "F16", "PhiForCausalLM", "phi", shapes=phi, config=PHI, logits=GELU),
}  # fmt: skip
