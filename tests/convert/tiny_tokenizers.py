"""Tiny tokenizers made from one paragraph: byte-level BPE, BPE with byte fallback, and SentencePiece's own file format.

Pure Python and without randomness, so the files are the same everywhere.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

PARAGRAPH = """
A notebook is a list of cells. A cell holds code, text, or a question to a model. The model reads the question token by token and
answers token by token. Every token is a piece of a word; common words are one piece, rare words are many. A model file holds the
weights of the model and the tokenizer, so the model and its tokenizer stay together. Weights are numbers. There are many numbers, and
they can be stored in sixteen bits, in eight bits, or in four. Fewer bits make a smaller file and a slightly worse model. The cat sat on
the mat, the dog sat on the log, and the small model said hello to the large model. Hello, hello! What is two plus three? Two plus three
is five. What is five plus four? Five plus four is nine. 123 456 789. It's a model's life; they're good, we've seen it, I'm sure.
"""

LLAMA3_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2_SPLIT = LLAMA3_SPLIT.replace("{1,3}", "")
N_MERGES = 120
SPACE = "\u2581"

Pair = tuple[str, str]


def bytes_to_unicode() -> dict[int, str]:
    """The printable character for each byte of a byte-level vocabulary (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + number) for number, byte in enumerate(others)}


@cache
def learn_merges(words: tuple[str, ...], n_merges: int = N_MERGES) -> tuple[Pair, ...]:
    """Byte pair encoding: join the most frequent pair, again and again; the alphabet decides ties."""
    counts = Counter(words)
    split = {word: list(word) for word in counts}
    merges: list[Pair] = []
    while len(merges) < n_merges:
        pairs: Counter[Pair] = Counter()
        for word, parts in split.items():
            for pair in pairwise(parts):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, parts in split.items():
            split[word] = _joined(parts, best)
    return tuple(merges)


def _joined(parts: list[str], pair: Pair) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and (joined[-1], part) == pair:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def byte_level_json(split: str | None, added: list[str], *, ignore_merges: bool, bos: str | None, pairs: bool = False) -> dict[str, Any]:
    """A tokenizer.json like those of Llama 3 and Qwen 2.

    Args:
        split: the regular expression of the pre-tokenizer; None: the one of GPT-2 that the byte-level step has itself.
        added: special tokens, after the vocabulary.
        bos: put in front of every text by the post-processor.
        pairs: write merges as lists, as newer files do.
    """
    table = bytes_to_unicode()
    words = ["".join(table[byte] for byte in word.encode()) for word in re.findall(r" ?\w+|[^\w\s]+|\s+", PARAGRAPH)]
    merges = learn_merges(tuple(words))
    vocabulary = [*sorted(table.values()), *dict.fromkeys(left + right for left, right in merges)]
    ids = {token: number for number, token in enumerate(vocabulary)}
    special = [{"id": len(ids) + number, "content": text, **_plain(special=True)} for number, text in enumerate(added)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    post: dict[str, Any] = byte_level
    if bos is not None:
        number = next(entry["id"] for entry in special if entry["content"] == bos)
        post = {"type": "Sequence", "processors": [byte_level, _template(bos, number)]}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special, "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": split}, "behavior": "Isolated", "invert": False},
                byte_level,
            ],
        } if split else {**byte_level, "use_regex": True},
        "post_processor": post,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": False, "ignore_merges": ignore_merges, "vocab": ids,
            "merges": [list(pair) for pair in merges] if pairs else [" ".join(pair) for pair in merges],
        },
    }  # fmt: skip


def _plain(*, special: bool) -> dict[str, bool]:
    return {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}


def _template(bos: str, number: int) -> dict[str, Any]:
    def sequence(name: str, kind: int) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": kind}}

    front = {"SpecialToken": {"id": bos, "type_id": 0}}
    return {
        "type": "TemplateProcessing", "single": [front, sequence("A", 0)],
        "pair": [front, sequence("A", 0), {"SpecialToken": {"id": bos, "type_id": 1}}, sequence("B", 1)],
        "special_tokens": {bos: {"id": bos, "ids": [number], "tokens": [bos]}},
    }  # fmt: skip


def fallback_pieces() -> tuple[list[str], tuple[Pair, ...]]:
    """Vocabulary and merges of a Llama 2 style tokenizer: three special tokens, 256 bytes, merged pieces, single characters."""
    words = [word.replace(" ", SPACE) for word in re.findall(r" ?[^ \n]+", " " + " ".join(PARAGRAPH.split()))]
    merges = learn_merges(tuple(words))
    single = sorted({character for word in words for character in word})
    merged = dict.fromkeys(left + right for left, right in merges)
    return ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *merged, *single], merges


def byte_fallback_json() -> dict[str, Any]:
    """A tokenizer.json like that of Llama 2."""
    pieces, merges = fallback_pieces()
    special = [{"id": number, "content": text, **_plain(special=True)} for number, text in enumerate(pieces[:3])]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": SPACE},
                {"type": "Replace", "pattern": {"String": " "}, "content": SPACE},
            ],
        },
        "pre_tokenizer": None,
        "post_processor": _template("<s>", 1),
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
                {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        "model": {
            "type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": True, "byte_fallback": True, "vocab": {piece: number for number, piece in enumerate(pieces)},
            "merges": [" ".join(pair) for pair in merges],
        },
    }  # fmt: skip


def sentencepiece_model(*, prefix: bool = True) -> bytes:
    """A tokenizer.model: the same pieces in SentencePiece's protocol buffer, scored by rank as its BPE trainer does.

    Args:
        prefix: whether text gets a space in front, as Llama's does and Gemma's does not.
    """
    pieces, merges = fallback_pieces()
    first = len(pieces) - len(set(pieces[259:]))
    ranks = {left + right: rank for rank, (left, right) in reversed(list(enumerate(merges)))}
    scored = []
    for number, piece in enumerate(pieces):
        kind = 2 if number == 0 else 3 if number < 3 else 6 if number < first else 1
        scored.append((piece, 0.0 if number < first else -float(ranks.get(piece, len(merges) + number)), kind))
    return sentencepiece_bytes(scored, prefix=prefix)


def sentencepiece_bytes(pieces: list[tuple[str, float, int]], *, prefix: bool) -> bytes:
    """Pieces with their scores and types in SentencePiece's protocol buffer."""
    messages = [_field(1, piece.encode()) + _tag(2, 5) + struct.pack("<f", score) + _tag(3, 0) + _varint(kind) for piece, score, kind in pieces]
    trainer = _tag(3, 0) + _varint(2) + _tag(4, 0) + _varint(len(pieces)) + _tag(35, 0) + _varint(1)
    normalizer = _field(1, b"identity") + _tag(3, 0) + _varint(prefix) + _tag(4, 0) + _varint(0) + _tag(5, 0) + _varint(1)
    return b"".join(_field(1, message) for message in messages) + _field(2, trainer) + _field(3, normalizer)


def _tag(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _field(field: int, value: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
