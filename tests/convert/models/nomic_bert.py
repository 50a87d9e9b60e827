"""Nomic's BERT in the names of its own code."""

from __future__ import annotations

from ..tiny import NULL, Config, Shapes, Tiny, matrix, vector
from ..tiny_encoders import wordpiece_vocabulary
from .bert import BASE, SPECIAL, pooled


def shapes(config: Config) -> Shapes:
    """Its tensors."""
    width, inner = config["n_embd"], config["n_inner"]
    yield "embeddings.word_embeddings.weight", (config["vocab_size"], width)
    yield "embeddings.token_type_embeddings.weight", (config["type_vocab_size"], width)
    yield from vector("emb_ln", width, biased=True)
    for number in range(config["n_layer"]):
        block = f"encoder.layers.{number}."
        yield from matrix(f"{block}attn.Wqkv", 3 * width, width)
        yield from matrix(f"{block}attn.out_proj", width, width)
        yield from vector(f"{block}norm1", width, biased=True)
        yield from matrix(f"{block}mlp.fc11", inner, width)
        yield from matrix(f"{block}mlp.fc12", inner, width)
        yield from matrix(f"{block}mlp.fc2", width, inner)
        yield from vector(f"{block}norm2", width, biased=True)


CONFIG: Config = {
    **BASE, "hidden_size": None, "intermediate_size": None, "num_hidden_layers": None, "num_attention_heads": None,
    "max_position_embeddings": None, "layer_norm_eps": None, "hidden_act": None, "position_embedding_type": None,
    "n_embd": 64, "n_inner": 96, "n_layer": 2, "n_head": 4, "n_positions": 8192, "layer_norm_epsilon": 1e-12, "activation_function": "swiglu",
    "causal": False, "prenorm": False, "qkv_proj_bias": False, "mlp_fc1_bias": False, "mlp_fc2_bias": False, "rotary_emb_fraction": 1.0,
    "rotary_emb_base": 1000, "rotary_emb_interleaved": False, "rotary_emb_scale_base": NULL, "max_trained_positions": 2048,
}  # fmt: skip

# As transformers writes it since it has the model itself.
REFERENCE: Config = {
    "architectures": ["NomicBertModel"], "model_type": "nomic_bert", "vocab_size": len(wordpiece_vocabulary()), "hidden_size": 64,
    "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96, "max_position_embeddings": 2048, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "rope_parameters": {"rope_theta": 1000.0, "rope_type": "default"},
}  # fmt: skip

FOLDERS: dict[str, Tiny] = {
    "nomic-bert": Tiny(
        "wordpiece", "F32", "NomicBertModel", "nomic_bert", shapes=shapes, config=CONFIG, tokenizer_config=SPECIAL,
        files=pooled("mean_tokens"), raw=True, reference=REFERENCE, encoder=True,
    ),
}  # fmt: skip
