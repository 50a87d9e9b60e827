"""Tiny tokenizers of encoders, made from the same paragraph: WordPiece and Unigram. Pure Python and without randomness."""

from __future__ import annotations

import base64
import math
import re
import struct
from collections import Counter
from typing import Any

from .tiny_tokenizers import PARAGRAPH, SPACE, _plain

WORDPIECE_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WHITE = "\t\n\x0b\x0c\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
UNIGRAM_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")


def wordpiece_vocabulary() -> list[str]:
    """Special tokens, single characters with and without ``##``, endings, frequent words."""
    words = Counter(re.findall(r"\w+|[^\w\s]", PARAGRAPH.lower()))
    letters = sorted({letter for word in words for letter in word})
    endings = sorted({word[-size:] for word in words for size in (2, 3) if len(word) > size + 1})
    frequent = [word for word, count in sorted(words.items()) if count > 1 and len(word) > 1]
    return [*WORDPIECE_SPECIAL, *letters, *(f"##{letter}" for letter in letters), *(f"##{ending}" for ending in endings), *frequent]


def wordpiece_json(*, lowercase: bool = True) -> dict[str, Any]:
    """A tokenizer.json like that of BERT."""
    ids = {token: number for number, token in enumerate(wordpiece_vocabulary())}
    cls, sep = ids["[CLS]"], ids["[SEP]"]
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": ids[token], "content": token, **_plain(special=True)} for token in WORDPIECE_SPECIAL],
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": lowercase,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": around_text("[CLS]", cls, "[SEP]", sep),
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": ids,
        },
    }  # fmt: skip


def around_text(first: str, first_id: int, last: str, last_id: int, between: int = 1) -> dict[str, Any]:
    """The post-processor that puts a text, or two, between special tokens."""

    def special(token: str, kind: int) -> dict[str, Any]:
        return {"SpecialToken": {"id": token, "type_id": kind}}

    def sequence(name: str, kind: int) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": kind}}

    return {
        "type": "TemplateProcessing", "single": [special(first, 0), sequence("A", 0), special(last, 0)],
        "pair": [special(first, 0), sequence("A", 0), *[special(last, 0)] * between, sequence("B", 1), special(last, 1)],
        "special_tokens": {
            first: {"id": first, "ids": [first_id], "tokens": [first]}, last: {"id": last, "ids": [last_id], "tokens": [last]},
        },
    }  # fmt: skip


def unigram_pieces() -> list[tuple[str, float]]:
    """Special tokens, single characters and frequent words with their log probabilities."""
    words = Counter(f"{SPACE}{word}" for word in PARAGRAPH.split())
    letters = Counter(letter for word, count in words.items() for letter in word * count)
    pieces = Counter({**letters, **{word: count for word, count in words.items() if count > 1}})
    endings = Counter(word[-size:] for word in words.elements() for size in (2, 3) if len(word) > size + 1)
    pieces |= Counter({ending: count for ending, count in endings.items() if count > 3})
    total = sum(pieces.values())
    scored = [(piece, round(math.log(count / total), 6)) for piece, count in pieces.items()]
    return [*((token, 0.0) for token in UNIGRAM_SPECIAL), *sorted(scored, key=lambda entry: (-entry[1], entry[0])), ("<mask>", 0.0)]


def unigram_json() -> dict[str, Any]:
    """A tokenizer.json like that of XLM-RoBERTa."""
    pieces = unigram_pieces()
    added = [(number, token) for number, (token, _) in enumerate(pieces) if token in (*UNIGRAM_SPECIAL, "<mask>")]
    metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": number, "content": token, **_plain(special=True)} for number, token in added],
        "normalizer": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(characters()).decode()},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]},
        "post_processor": around_text("<s>", 0, "</s>", 2, between=2),
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [list(piece) for piece in pieces], "byte_fallback": False},
    }  # fmt: skip


def characters() -> bytes:
    """A table of characters in SentencePiece's format, which turns every kind of white space into a space.

    The index is a double array over UTF-8 bytes. Here each node of the tree has 256 units of its own: number 0 holds the place of its text,
    if it has one, and the others are its children. A unit of a child: its byte, whether it has a text (bit 8), and from bit 10 on what its
    own number must be combined with (exclusive or) to get to its node's units.
    """
    nodes: dict[bytes, int] = {b"": 1}
    whole = {character.encode() for character in WHITE}
    for raw in sorted(whole):
        for end in range(1, len(raw) + 1):
            nodes.setdefault(raw[:end], len(nodes) + 1)
    units = [0] * (256 * (len(nodes) + 1))
    units[0] = 256 << 10
    for path, number in nodes.items():
        if path:
            ends, place = path in whole, 256 * nodes[path[:-1]] + path[-1]
            units[place] = path[-1] | ends << 8 | (place ^ 256 * number) << 10
            if ends:
                units[256 * number] = 1 << 31  # the text at 0
    index = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(index)) + index + b" \0"
