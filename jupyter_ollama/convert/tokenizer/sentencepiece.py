"""SentencePiece's tokenizer.model, read without the sentencepiece package.

It is a protocol buffer, of which little matters here: ``ModelProto.pieces`` (field 1: piece 1, score 2, type 3),
``ModelProto.trainer_spec.model_type`` (field 2, then field 3) and ``ModelProto.normalizer_spec.add_dummy_prefix`` (field 3, then field 3).

Source: sentencepiece_model.proto of SentencePiece; which type a piece has in GGUF: conversion/base.py of llama.cpp.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ...gguf.values import Typed, flag, text
from ...sentences import Sentence
from .files import MAX_TOKENS, TokenizerFiles
from .vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, Vocabulary

FILE = "tokenizer.model"
UNIGRAM, BPE = 1, 2

# Pieces that are marked as user defined count as normal ones until the tokenizer's configuration names them.
_TYPES = {1: NORMAL, 2: UNKNOWN, 3: CONTROL, 4: NORMAL, 5: UNUSED, 6: BYTE}

_NUL = "\N{DRAGON}"  # InternLM2 has a piece that is a NUL, which would be empty in C; llama.cpp's converter writes this

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class NotSentencePiece(ValueError):
    """The bytes are no SentencePiece model."""


def sentencepiece(files: TokenizerFiles, size: int) -> tuple[dict[str, Typed], Vocabulary]:
    """Keys of a SentencePiece tokenizer, as llama.cpp's ``llama``.

    Raises: SourceError when the file is broken.
    """
    vocabulary = Vocabulary(size)
    raw = files.folder.optional(FILE) or b""
    try:
        pieces = list(read_pieces(raw))
    except NotSentencePiece as cause:
        raise files.fail(FILE, Sentence("is no SentencePiece model: %1", cause)) from cause
    for number, (piece, score, kind) in enumerate(pieces):
        if number < size:
            vocabulary.set(number, _NUL if piece == "\0" else piece, _TYPES[kind], score)
        else:
            vocabulary.beyond.append(piece)
    for added in files.added():
        if added.configured or vocabulary.texts.get(added.id) != added.text:  # tokenizer.json only repeats pieces as added tokens
            vocabulary.add(added.id, added.text, added.special)
    keys = {"tokenizer.ggml.model": text("llama"), "tokenizer.ggml.pre": text("default"), **vocabulary.keys(scored=True)}
    if not puts_space_in_front(raw):
        keys["tokenizer.ggml.add_space_prefix"] = flag(False)
    return keys, vocabulary


def is_sentencepiece(raw: bytes) -> bool:
    """Whether the bytes begin like a SentencePiece model (Llama 3's original tokenizer.model is something else)."""
    try:
        next(read_pieces(raw))
    except (NotSentencePiece, StopIteration):
        return False
    return True


def model_type(raw: bytes) -> int:
    """Unigram or BPE.

    Raises: NotSentencePiece.
    """
    return _number(raw, 2, 3, UNIGRAM)


def puts_space_in_front(raw: bytes) -> bool:
    """Whether text gets a space in front before it is split; Gemma's does not.

    Raises: NotSentencePiece.
    """
    return bool(_number(raw, 3, 3, 1))


def _number(raw: bytes, field: int, inner: int, default: int) -> int:
    """A number in a message of the model; the last one counts, as the format has it."""
    found = default
    for number, value in _fields(raw):
        if number == field and isinstance(value, bytes):
            found = next((held for name, held in _fields(value) if name == inner and isinstance(held, int)), found)
    return found


def read_pieces(raw: bytes) -> Iterator[tuple[str, float, int]]:
    """Text, score and type of each piece.

    Raises: NotSentencePiece.
    """
    count = 0
    for field, value in _fields(raw):
        if field != 1:
            continue
        if not isinstance(value, bytes):
            raise NotSentencePiece("a piece is not a message")
        count += 1
        if count > MAX_TOKENS:
            raise NotSentencePiece("it has too many pieces")
        yield _piece(value)
    if not count:
        raise NotSentencePiece("it has no pieces")


def _piece(raw: bytes) -> tuple[str, float, int]:
    text, score, kind = "", 0.0, 1
    for field, value in _fields(raw):
        if field == 1 and isinstance(value, bytes):
            try:
                text = value.decode("utf-8")
            except UnicodeDecodeError as cause:
                raise NotSentencePiece("a piece is no text") from cause
        elif field == 2 and isinstance(value, bytes) and len(value) == 4:
            (score,) = struct.unpack("<f", value)
        elif field == 3 and isinstance(value, int):
            kind = value
    if kind not in _TYPES:
        raise NotSentencePiece(f"the piece {text!r} has the unknown type {kind}")
    return text, score, kind


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a message: an int, or bytes for everything else."""
    position = 0
    while position < len(raw):
        tag, position = _varint(raw, position)
        wire = tag & 7
        if wire == _VARINT:
            value, position = _varint(raw, position)
            yield tag >> 3, value
            continue
        if wire == _BYTES:
            length, position = _varint(raw, position)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise NotSentencePiece(f"it has a field of the wire type {wire}")
        if length > len(raw) - position:
            raise NotSentencePiece("it is truncated")
        yield tag >> 3, raw[position : position + length]
        position += length


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(raw) and shift < 70:
        byte = raw[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise NotSentencePiece("it is truncated")
