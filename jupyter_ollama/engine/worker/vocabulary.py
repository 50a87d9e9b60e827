"""A model's tokens: text to ids and ids to bytes."""

from __future__ import annotations

import ctypes
from functools import cached_property
from typing import Any

from ...errors import EngineError
from ...sentences import Sentence
from .llama import lib

PIECE_BYTES = 256


class Vocabulary:
    """The vocabulary of a loaded model."""

    def __init__(self, model: Any) -> None:
        self.handle = lib.llama_model_get_vocab(model)
        self.size: int = lib.llama_vocab_n_tokens(self.handle)
        self.adds_bos = bool(lib.llama_vocab_get_add_bos(self.handle))
        self.adds_eos = bool(lib.llama_vocab_get_add_eos(self.handle))
        self.bos = self._special(lib.llama_vocab_bos(self.handle), self.adds_bos)
        self.eos = self._special(lib.llama_vocab_eos(self.handle), self.adds_eos)
        newline: int = lib.llama_vocab_nl(self.handle)
        self.newline = newline if 0 <= newline < self.size else None
        self._pieces: dict[int, bytes] = {}
        self._buffer = ctypes.create_string_buffer(PIECE_BYTES)

    def _special(self, token: int, used: bool) -> int | None:
        """A special token of the model, if it has it: where a file names none, llama.cpp makes some ordinary token of it."""
        exists = 0 <= token < self.size
        return token if exists and (used or lib.llama_vocab_is_control(self.handle, token)) else None

    @cached_property
    def ends(self) -> frozenset[int]:
        """The tokens that end an answer."""
        is_end, handle = lib.llama_vocab_is_eog, self.handle
        return frozenset(token for token in range(self.size) if is_end(handle, token))

    def tokenize(self, text: bytes, *, add_special: bool, parse_special: bool) -> list[int]:
        """Ids of a UTF-8 text. A text that begins with the BOS token is not given a second one.

        Raises: EngineError if there are more tokens than can be counted.
        """
        room = len(text) + 8
        while True:
            tokens = (lib.llama_token * room)()
            count = lib.llama_tokenize(self.handle, text, len(text), tokens, room, add_special, parse_special)
            if count >= 0:
                return self._without_second_bos(tokens[:count]) if add_special else tokens[:count]
            if count == -(1 << 31) or -count <= room:
                raise EngineError("The text is too long to be tokenized.", hint="Shorten it.")
            room = -count

    def _without_second_bos(self, tokens: list[int]) -> list[int]:
        doubled = self.adds_bos and self.bos is not None and tokens[:2] == [self.bos, self.bos]
        return tokens[1:] if doubled else tokens

    def control_tokens(self, texts: list[str]) -> dict[int, bytes]:
        """Those of the texts that are control tokens, by their ids."""
        found = {}
        for text in texts:
            name = text.encode("utf-8", "replace")
            tokens = self.tokenize(name, add_special=False, parse_special=True)
            if len(tokens) == 1 and self._render(tokens[0], special=True) == name:
                found[tokens[0]] = name
        return found

    def piece(self, token: int) -> bytes:
        """What a generated token adds to the answer; nothing for a special one."""
        piece = self._pieces.get(token)
        if piece is None:
            piece = self._pieces[token] = self._render(token, special=False)
        return piece

    def name(self, token: int) -> bytes:
        """The text of a token, also of a special one."""
        return self._render(token, special=True)

    def text(self, tokens: list[int], *, special: bool = True) -> bytes:
        """The bytes of several tokens; special ones by their names, if asked for. Raises: EngineError for an unknown id."""
        self.check(tokens)
        return b"".join(self._render(token, special=special) for token in tokens)

    def check(self, tokens: list[int]) -> None:
        """Raises: EngineError if one of them is no token of this model (native code would abort)."""
        wrong = next((token for token in tokens if not 0 <= token < self.size), None)
        if wrong is not None:
            raise EngineError(
                Sentence("Token %1 does not exist; the model has %2 tokens.", wrong, self.size), hint="Use the model's own tokens."
            )

    def _render(self, token: int, *, special: bool) -> bytes:
        # llama_detokenize drops what is longer than its own small buffer; this call says how much room it needs
        size = lib.llama_token_to_piece(self.handle, token, self._buffer, len(self._buffer), 0, special)
        if size < 0:
            self._buffer = ctypes.create_string_buffer(-size)
            size = lib.llama_token_to_piece(self.handle, token, self._buffer, len(self._buffer), 0, special)
        return self._buffer.raw[: max(size, 0)]
