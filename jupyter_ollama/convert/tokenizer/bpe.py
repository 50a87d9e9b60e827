"""BPE tokenizers of tokenizer.json: byte-level ones (GPT-2, Llama 3, Qwen) and those with byte fallback (Llama 2, Mistral, Gemma)."""

from __future__ import annotations

import re
from typing import Any

from ...gguf.values import Typed, flag, text, texts
from ...sentences import Sentence
from .files import JSON, TokenizerFiles
from .pretokenizer import pre_type
from .steps import puts_space_in_front
from .vocabulary import BYTE, CONTROL, UNKNOWN, Vocabulary

_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_SPACE = "\u0120"  # how byte-level vocabularies write a space


def byte_level(files: TokenizerFiles, size: int) -> tuple[dict[str, Typed], Vocabulary]:
    """Keys of a byte-level BPE tokenizer, as llama.cpp's ``gpt2``.

    Raises: SourceError.
    """
    vocabulary = Vocabulary.of(files, files.vocabulary(), size)
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
    vocabulary, pairs = Vocabulary.of(files, files.vocabulary(), size), merges(files)
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
    if not puts_space_in_front(files):
        keys["tokenizer.ggml.add_space_prefix"] = flag(False)
    return keys, vocabulary


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
        raise files.fail(JSON, Sentence("has the merge %1, which is no pair", repr(merge)))
    return parts[0], parts[1]


def _line(left: str, right: str) -> str:
    return f"{left.replace(' ', _SPACE)} {right.replace(' ', _SPACE)}"
