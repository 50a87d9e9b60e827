"""BERT, as sentence-transformers keep it, and as Google first wrote it."""

from __future__ import annotations

from ..tiny import GELU, Config, Shapes, Tiny, matrix, vector

BASE: Config = {
    "rms_norm_eps": None, "num_key_value_heads": None, "tie_word_embeddings": None, "bos_token_id": None, "eos_token_id": None,
    "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 64, "type_vocab_size": 2, "pad_token_id": 0,
    "position_embedding_type": "absolute",
}  # fmt: skip
SPECIAL = {
    "tokenizer_class": "BertTokenizer", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]", "pad_token": "[PAD]",
    "mask_token": "[MASK]",
}  # fmt: skip


def shapes(config: Config) -> Shapes:
    """BERT's tensors as transformers writes them now."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    yield "embeddings.word_embeddings.weight", (config["vocab_size"], width)
    yield "embeddings.position_embeddings.weight", (config["max_position_embeddings"], width)
    yield "embeddings.token_type_embeddings.weight", (config["type_vocab_size"], width)
    yield from vector("embeddings.LayerNorm", width, biased=True)
    for number in range(config["num_hidden_layers"]):
        block = f"encoder.layer.{number}."
        for name in ("query", "key", "value"):
            yield from matrix(f"{block}attention.self.{name}", width, width, biased=True)
        yield from matrix(f"{block}attention.output.dense", width, width, biased=True)
        yield from vector(f"{block}attention.output.LayerNorm", width, biased=True)
        yield from matrix(f"{block}intermediate.dense", inner, width, biased=True)
        yield from matrix(f"{block}output.dense", width, inner, biased=True)
        yield from vector(f"{block}output.LayerNorm", width, biased=True)
    yield from matrix("pooler.dense", width, width, biased=True)


def older(config: Config) -> Shapes:
    """The same with a prefix, with other names for what norms are made of, and with a head for masked words."""
    for name, shape in shapes(config):
        yield "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"), shape
    yield "cls.predictions.bias", (config["vocab_size"],)


def pooled(mode: str) -> dict[str, object]:
    """What sentence-transformers writes about pooling."""
    return {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": 64, f"pooling_mode_{mode}": True},
    }  # fmt: skip


FOLDERS: dict[str, Tiny] = {
    "bert-mean": Tiny(
        "wordpiece", "F32", "BertModel", "bert", shapes=shapes, config=BASE, tokenizer_config=SPECIAL, files=pooled("mean_tokens"),
        logits=GELU, encoder=True,
    ),
    "bert-cased-cls": Tiny(
        "wordpiece-cased", "F16", "BertModel", "bert", shapes=shapes, config={**BASE, "num_hidden_layers": 3, "vocab_size": 220},
        tokenizer_config={**SPECIAL, "do_lower_case": False}, files=pooled("cls_token"), logits=GELU, encoder=True,
    ),
    "bert-older": Tiny(
        "vocab.txt", "F32", "BertForMaskedLM", "bert", shapes=older, config=BASE, tokenizer_config={"do_lower_case": True}, logits=None,
        differs=dict.fromkeys(
            [*(f"tokenizer.ggml.{kind}_token_id" for kind in ("bos", "eos", "unknown", "seperator", "mask")), "tokenizer.ggml.normalizer.lowercase"],
            "llama.cpp's converter looks for special tokens and letters in tokenizer.json only",
        ),
    ),
}  # fmt: skip
