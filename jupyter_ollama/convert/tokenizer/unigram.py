"""Unigram tokenizers of tokenizer.json (XLM-RoBERTa, T5): pieces with log probabilities, as llama.cpp's ``t5``.

Text is normalized by SentencePiece's precompiled table of characters, which the file carries in base64 and the GGUF as bytes.

Source: _xlmroberta_set_vocab in conversion/bert.py of llama.cpp.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Any

from ...gguf.values import Array, Typed, ValueType, flag, text
from ...sentences import Sentence
from .files import JSON, MAX_TOKENS, TokenizerFiles
from .steps import inner_steps, puts_space_in_front
from .vocabulary import BYTE, NORMAL, UNKNOWN, Vocabulary

_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_JOINS_SPACES = frozenset((" {2,}", r"\s+", "  +", r"( ){2,}", r" +"))
_SPLITTERS = frozenset(("Metaspace", "WhitespaceSplit"))
_NORMALIZERS = frozenset(("Precompiled", "Replace", "NFKC", "Strip"))


def unigram(files: TokenizerFiles, size: int) -> tuple[dict[str, Typed], Vocabulary]:
    """Keys of a Unigram tokenizer.

    Raises: SourceError.
    """
    for name, known in (("pre_tokenizer", _SPLITTERS), ("normalizer", _NORMALIZERS)):
        other = next((kind for step in inner_steps(files.json.get(name)) if (kind := str(step.get("type"))) not in known), None)
        if other is not None:
            raise files.fail(JSON, Sentence("has the %1 %2, which llama.cpp has not for Unigram", name, other), "Use a GGUF of this model.")
    vocabulary = _vocabulary(files, size)
    keys = {
        "tokenizer.ggml.model": text("t5"), "tokenizer.ggml.pre": text("default"), **vocabulary.keys(scored=True),
        "tokenizer.ggml.add_space_prefix": flag(puts_space_in_front(files)),
        "tokenizer.ggml.remove_extra_whitespaces": flag(_joins_spaces(files)),
    }  # fmt: skip
    table = _characters(files)
    if table:
        keys["tokenizer.ggml.precompiled_charsmap"] = Typed(ValueType.ARRAY, Array.of(ValueType.UINT8, table))
    return keys, vocabulary


def _vocabulary(files: TokenizerFiles, size: int) -> Vocabulary:
    pieces = files.model.get("vocab")
    if not isinstance(pieces, list) or not pieces or len(pieces) > MAX_TOKENS:
        raise files.fail(JSON, "has no vocabulary")
    vocabulary, bytes_too = Vocabulary(size), files.model.get("byte_fallback") is True
    for number, entry in enumerate(pieces):
        piece, score = _piece(files, entry)
        if number < size:
            vocabulary.set(number, piece, BYTE if bytes_too and _BYTE.fullmatch(piece) else NORMAL, score)
        else:
            vocabulary.beyond.append(piece)
    unknown = files.model.get("unk_id")
    for added in files.added():
        repeated = vocabulary.texts.get(added.id) == added.text
        score = vocabulary.scores.get(added.id, 0.0)
        vocabulary.add(added.id, added.text, added.special)
        if repeated:
            vocabulary.scores[added.id] = score
    if type(unknown) is not int or unknown not in vocabulary.texts:
        raise files.fail(JSON, Sentence("names the unknown token %1, which is not in its vocabulary", repr(unknown)))
    vocabulary.types[unknown] = UNKNOWN
    return vocabulary


def _piece(files: TokenizerFiles, entry: Any) -> tuple[str, float]:
    if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and type(entry[1]) in (int, float):
        piece, score = entry
        if math.isfinite(score) and abs(score) < 1e30:
            return piece, float(score)
    raise files.fail(JSON, Sentence("has the piece %1, which is no text with a number", repr(entry)))


def _joins_spaces(files: TokenizerFiles) -> bool:
    """Whether several spaces count as one: a step replaces them, or words are cut at white space first."""
    if any(step.get("type") == "WhitespaceSplit" for step in inner_steps(files.json.get("pre_tokenizer"))):
        return True
    patterns = [step.get("pattern") for step in inner_steps(files.json.get("normalizer")) if step.get("type") == "Replace"]
    return any(isinstance(pattern, dict) and str(pattern.get("Regex")) in _JOINS_SPACES for pattern in patterns)


def _characters(files: TokenizerFiles) -> bytes:
    """SentencePiece's table: the length of an index of 32 bit numbers, the index, texts that end with NUL.

    Raises: SourceError when it is none; llama.cpp would stumble over it.
    """
    for step in inner_steps(files.json.get("normalizer")):
        held = step.get("precompiled_charsmap")
        if step.get("type") != "Precompiled" or not held:
            continue
        try:
            table = base64.b64decode(held, validate=True)
        except (binascii.Error, TypeError, ValueError) as cause:
            raise files.fail(JSON, "has a precompiled_charsmap that is no base64") from cause
        if len(table) < 8 or int.from_bytes(table[:4], "little") + 4 >= len(table) or table[-1]:
            raise files.fail(JSON, "has a precompiled_charsmap that is damaged")
        return table
    return b""
