"""ModernBERT, RoBERTa, XLM-RoBERTa, DistilBERT and EmbeddingGemma."""

from __future__ import annotations

from ..tiny import GELU, UNKNOWN, Config, Shapes, Tiny, matrix, vector
from . import bert
from .gemma import COMMON, GEMMA3, gemma3

MODERN: Config = {
    **dict.fromkeys(("hidden_act", "rms_norm_eps", "num_key_value_heads", "tie_word_embeddings")),
    "num_hidden_layers": 4, "hidden_activation": "gelu", "norm_eps": 1e-5, "layer_norm_eps": 1e-5, "local_attention": 16,
    "global_attn_every_n_layers": 3, "global_rope_theta": 160_000.0, "local_rope_theta": 10_000.0, "max_position_embeddings": 8192,
    "attention_bias": False, "mlp_bias": False, "norm_bias": False, "bos_token_id": 376, "eos_token_id": 377, "pad_token_id": 378,
    "cls_token_id": 376, "sep_token_id": 377,
}  # fmt: skip
XLM: Config = {
    **bert.BASE, "type_vocab_size": 1, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "layer_norm_eps": 1e-5,
    "max_position_embeddings": 66,
}  # fmt: skip


DISTIL: Config = {
    **dict.fromkeys(
        ("hidden_act", "rms_norm_eps", "num_key_value_heads", "tie_word_embeddings", "hidden_size", "intermediate_size", "num_hidden_layers",
         "num_attention_heads", "bos_token_id", "eos_token_id")
    ),
    "activation": "gelu", "dim": 64, "hidden_dim": 96, "n_heads": 4, "n_layers": 2, "max_position_embeddings": 64, "pad_token_id": 0,
}  # fmt: skip


def distilbert(config: Config) -> Shapes:
    """DistilBERT's tensors."""
    width, inner = config["dim"], config["hidden_dim"]
    yield "embeddings.word_embeddings.weight", (config["vocab_size"], width)
    yield "embeddings.position_embeddings.weight", (config["max_position_embeddings"], width)
    yield from vector("embeddings.LayerNorm", width, biased=True)
    for number in range(config["n_layers"]):
        block = f"transformer.layer.{number}."
        for name in ("q_lin", "k_lin", "v_lin", "out_lin"):
            yield from matrix(f"{block}attention.{name}", width, width, biased=True)
        yield from vector(f"{block}sa_layer_norm", width, biased=True)
        yield from matrix(f"{block}ffn.lin1", inner, width, biased=True)
        yield from matrix(f"{block}ffn.lin2", width, inner, biased=True)
        yield from vector(f"{block}output_layer_norm", width, biased=True)


def modern(config: Config) -> Shapes:
    """ModernBERT's tensors."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    yield "embeddings.tok_embeddings.weight", (config["vocab_size"], width)
    yield "embeddings.norm.weight", (width,)
    for number in range(config["num_hidden_layers"]):
        block = f"layers.{number}."
        if number:
            yield f"{block}attn_norm.weight", (width,)
        yield from matrix(f"{block}attn.Wqkv", 3 * width, width)
        yield from matrix(f"{block}attn.Wo", width, width)
        yield f"{block}mlp_norm.weight", (width,)
        yield from matrix(f"{block}mlp.Wi", 2 * inner, width)
        yield from matrix(f"{block}mlp.Wo", width, inner)
    yield "final_norm.weight", (width,)


def embedding_gemma(config: Config) -> Shapes:
    """EmbeddingGemma's tensors: those of Gemma 3 without what its models are wrapped in."""
    for name, shape in gemma3(config):
        yield name.removeprefix("model."), shape


def dense(number: int, rows: int, columns: int) -> dict[str, object]:
    """What sentence-transformers writes about a layer behind the pooling."""
    held = {"in_features": columns, "out_features": rows, "bias": False, "activation_function": "torch.nn.modules.linear.Identity"}
    return {f"{number}_Dense/config.json": held}


DENSE = {
    **bert.pooled("mean_tokens"), **dense(2, 128, 64), **dense(3, 64, 128),
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
        {"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"},
    ],
}  # fmt: skip

FOLDERS: dict[str, Tiny] = {
    "modern-bert": Tiny(
        "modern", "F32", "ModernBertModel", "modernbert", shapes=modern, config=MODERN, logits=GELU, encoder=True, files=bert.pooled("cls_token"),
        differs={"modern-bert.classifier.pooling_type": "transformers' default for classifiers, which this is not"},
    ),
    "xlm-roberta": Tiny(
        "unigram", "F32", "XLMRobertaModel", "xlm-roberta", shapes=bert.shapes, config=XLM, logits=GELU, encoder=True,
        files=bert.pooled("mean_tokens"),
        differs={"tokenizer.ggml.remove_extra_whitespaces": "llama.cpp's converter takes it from an option about decoding"},
    ),
    "roberta": Tiny(
        "roberta", "F32", "RobertaModel", "roberta", shapes=bert.shapes, config=XLM, logits=GELU, encoder=True, files=bert.pooled("mean_tokens"),
    ),
    "distilbert": Tiny(
        "wordpiece", "F16", "DistilBertModel", "distilbert", shapes=distilbert, config=DISTIL, logits=GELU, encoder=True,
        files=bert.pooled("mean_tokens"),
    ),
    "embedding-gemma": Tiny(
        "gemma-spm", "F32", "Gemma3TextModel", "gemma3_text", shapes=embedding_gemma, tokenizer_config=COMMON, logits=GELU, encoder=True,
        config={**GEMMA3, "use_bidirectional_attention": True}, norms=0.0, files=DENSE, differs=UNKNOWN,
        dense={"2_Dense": (128, 64), "3_Dense": (64, 128)},
    ),
}  # fmt: skip
