"""BPE tokenizers of tokenizer.json: byte-level ones (GPT-2, Llama 3, Qwen) and those with byte fallback (Llama 2, Mistral, Gemma)."""

from __future__ import annotations

import re
from typing import Any

from ...gguf.values import Typed, flag, text, texts
from .files import JSON, TokenizerFiles
from .pretokenizer import pre_type
from .vocabulary import BYTE, CONTROL, UNKNOWN, Vocabulary

_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_SPACE = "\u0120"  # how byte-level vocabularies write a space


def byte_level(files: TokenizerFiles, size: int) -> tuple[dict[str, Typed], Vocabulary]:
    """Keys of a byte-level BPE tokenizer, as llama.cpp's ``gpt2``.

    Raises: SourceError.
    """
    vocabulary = _vocabulary(files, size)
    keys = {
        "tokenizer.ggml.model": text("gpt2"),
        "tokenizer.ggml.pre": text(pre_type(files)),
        **vocabulary.keys(scored=False),
        "tokenizer.ggml.merges": texts(_line(left, right) for left, right in merges(files)),
    }
    return keys, vocabulary


def byte_fallback(files: TokenizerFiles, size: int) -> tuple[dict[str, Typed], Vocabulary]:
    """Keys of a BPE tokenizer that writes unknown characters as bytes, as llama.cpp's ``llama``.

    llama.cpp merges the pair whose result has the best score, so a token's score is minus the rank of the merge that makes it.

    Raises: SourceError.
    """
    vocabulary, pairs = _vocabulary(files, size), merges(files)
    ranks: dict[str, int] = {}
    for rank, (left, right) in enumerate(pairs):
        ranks.setdefault(left + right, rank)
    unknown = files.model.get("unk_token")
    for number, token in vocabulary.texts.items():
        if _BYTE.fullmatch(token):
            vocabulary.set(number, token, BYTE)
        elif token == unknown:
            vocabulary.set(number, token, UNKNOWN)
        elif vocabulary.types[number] != CONTROL and vocabulary.scores[number] == 0.0:
            vocabulary.scores[number] = float(-ranks.get(token, len(pairs)))
    keys = {"tokenizer.ggml.model": text("llama"), "tokenizer.ggml.pre": text("default"), **vocabulary.keys(scored=True)}
    if not _puts_space_in_front(files):
        keys["tokenizer.ggml.add_space_prefix"] = flag(False)
    return keys, vocabulary


def _vocabulary(files: TokenizerFiles, size: int) -> Vocabulary:
    vocabulary = Vocabulary(size)
    base = files.vocabulary()
    for token, number in base.items():
        vocabulary.set(number, token)
    special = set(files.special_texts().values())
    for added in files.added():
        vocabulary.add(added.id, added.text, added.special)
    for token in special:
        if token in base:
            vocabulary.add(base[token], token, True)
    largest = max(base.values())
    if largest >= size:
        raise files.fail(
            JSON, f"has tokens up to id {largest:,}, but config.json says that the model has {size:,}",
            "Tokenizer and weights do not belong together.",
        )  # fmt: skip
    return vocabulary


def merges(files: TokenizerFiles) -> list[tuple[str, str]]:
    """The merges as pairs, whichever way they are written.

    Raises: SourceError.
    """
    held = files.model.get("merges")
    if not isinstance(held, list):
        raise files.fail(JSON, "has no merges")
    return [_pair(files, merge) for merge in held]


def _pair(files: TokenizerFiles, merge: Any) -> tuple[str, str]:
    parts = merge.split(" ") if isinstance(merge, str) else merge
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str) or not isinstance(parts[1], str):
        raise files.fail(JSON, f"has the merge {merge!r}, which is no pair")
    return parts[0], parts[1]


def _line(left: str, right: str) -> str:
    return f"{left.replace(' ', _SPACE)} {right.replace(' ', _SPACE)}"


def _puts_space_in_front(files: TokenizerFiles) -> bool:
    """Whether text gets a space in front before it is split, which llama.cpp does unless told otherwise."""
    parts = [files.json.get("normalizer"), files.json.get("pre_tokenizer")]
    while parts:
        part = parts.pop()
        if not isinstance(part, dict):
            continue
        if part.get("type") == "Prepend" or (part.get("type") == "Metaspace" and _metaspace_prepends(part)):
            return True
        for name in ("normalizers", "pretokenizers"):
            inner = part.get(name)
            parts += inner if isinstance(inner, list) else []
    return False


def _metaspace_prepends(part: dict[str, Any]) -> bool:
    return part.get("prepend_scheme", "always") != "never" and part.get("add_prefix_space", True) is not False
