"""Which files a tiny folder has for its tokenizer, by the kind of tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .tiny_encoders import around_text, unigram_json, wordpiece_json, wordpiece_vocabulary
from .tiny_tokenizers import LLAMA3_SPLIT, QWEN2_SPLIT, byte_fallback_json, byte_level_json, fallback_pieces, sentencepiece_model

Files = tuple[dict[str, Any], dict[str, Any]]
"""Files by name, and tokenizer_config.json."""

BRACKETS = {f"{kind}_token": f"[{kind.upper()}]" for kind in ("unk", "sep", "pad", "cls", "mask")}
ANGLES = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
MARKS = {"sep_token": "</s>", "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>"}
_FAST = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}


def _byte_level(split: str | None, bos: str, eos: str, *more: str, **options: Any) -> Files:
    held = byte_level_json(split, [bos, eos, *more], bos=bos, **options)
    return {"tokenizer.json": held}, {"bos_token": bos, "eos_token": eos, **_FAST}


def _llama3() -> Files:
    return _byte_level(
        LLAMA3_SPLIT, "<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_of_turn_too|>", ignore_merges=True, pairs=True
    )


def _qwen2() -> Files:
    return _byte_level(QWEN2_SPLIT, "<|startoftext|>", "<|im_end|>", "<|im_start|>", "<|endoftext|>", ignore_merges=False)


def _gpt2() -> Files:
    """One token begins and ends a text, and nothing is put in front of it."""
    end = "<|endoftext|>"
    held = byte_level_json(None, [end], ignore_merges=False, bos=None)
    return {"tokenizer.json": held}, {"bos_token": end, "eos_token": end, "unk_token": end, **_FAST}


def _modern() -> Files:
    """Byte-level, but with the special tokens of a BERT around a text."""
    held = byte_level_json(None, ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"], ignore_merges=False, bos=None)
    held["post_processor"] = around_text("[CLS]", 376, "[SEP]", 377)
    return {"tokenizer.json": held}, {**BRACKETS, **_FAST}


def _roberta() -> Files:
    """Byte-level, with special tokens in front of the vocabulary."""
    held = byte_level_json(None, [], ignore_merges=False, bos=None)
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    held["model"]["vocab"] = {name: number for number, name in enumerate([*names, *held["model"]["vocab"], "<mask>"])}
    ids = held["model"]["vocab"]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    held["added_tokens"] = [{"id": ids[name], "content": name, **flags} for name in (*names, "<mask>")]
    held["post_processor"] = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": False}
    return {"tokenizer.json": held}, {**ANGLES, **MARKS, **_FAST}


def _llama(files: dict[str, Any]) -> Files:
    return files, {**ANGLES, "tokenizer_class": "LlamaTokenizer"}


def _gemma_fallback() -> Files:
    held = byte_fallback_json()
    held["normalizer"] = held["normalizer"]["normalizers"][1]
    held["decoder"]["decoders"].pop()
    return {"tokenizer.json": held}, {**ANGLES, **_FAST}


def _wordpiece(lowercase: bool) -> Files:
    return {"tokenizer.json": wordpiece_json(lowercase=lowercase)}, {**BRACKETS, "tokenizer_class": "BertTokenizer"}


def _lines() -> Files:
    return {"vocab.txt": "\n".join(wordpiece_vocabulary()).encode() + b"\n"}, {"tokenizer_class": "BertTokenizer"}


def _unigram() -> Files:
    return {"tokenizer.json": unigram_json()}, {**ANGLES, **MARKS, "tokenizer_class": "XLMRobertaTokenizer"}


FILES: Mapping[str, Callable[[], Files]] = {
    "llama3": _llama3,
    "qwen2": _qwen2,
    "gpt2": _gpt2,
    "spm": lambda: _llama({"tokenizer.model": sentencepiece_model()}),
    "fallback": lambda: _llama({"tokenizer.json": byte_fallback_json()}),
    "gemma-spm": lambda: ({"tokenizer.model": sentencepiece_model(prefix=False)}, {**ANGLES, "tokenizer_class": "GemmaTokenizer"}),
    "gemma-fallback": _gemma_fallback,
    "wordpiece": lambda: _wordpiece(True),
    "wordpiece-cased": lambda: _wordpiece(False),
    "vocab.txt": _lines,
    "unigram": _unigram,
    "modern": _modern,
    "roberta": _roberta,
}
PRE = {"llama3": "llama-bpe", "qwen2": "qwen2", "gpt2": "gpt-2", "wordpiece": "jina-v2-en", "wordpiece-cased": "jina-v2-en", "vocab.txt": "jina-v2-en", "modern": "gpt-2", "roberta": "gpt-2"}
"""What llama.cpp calls their pre-tokenizers."""


def n_tokens(files: Mapping[str, Any]) -> int:
    """How many tokens a tokenizer has."""
    held = files.get("tokenizer.json")
    if held is None:
        return len(files["vocab.txt"].split()) if "vocab.txt" in files else len(fallback_pieces()[0])
    return 1 + max([len(held["model"]["vocab"]) - 1, *(entry["id"] for entry in held["added_tokens"])])
