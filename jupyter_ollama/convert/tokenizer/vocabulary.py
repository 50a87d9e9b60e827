"""A vocabulary in the making: text, type and score of every id, with unused entries up to the size the model has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gguf import TokenType

from ...gguf.values import Typed, f32s, i32s, texts
from ...sentences import Sentence
from .files import TokenizerFiles

NORMAL, UNKNOWN, CONTROL = TokenType.NORMAL, TokenType.UNKNOWN, TokenType.CONTROL
USER_DEFINED, UNUSED, BYTE = TokenType.USER_DEFINED, TokenType.UNUSED, TokenType.BYTE

ADDED_SCORE = -1000.0
PAD_SCORE = -10_000.0

# Tokens that are control tokens although some tokenizers do not mark them as special.
_CONTROL_TEXTS = frozenset(("<pad>", "<mask>", "<2mass>", "[@BOS@]"))
_CONTROL_FRAMES = (("<|", "|>"), ("<｜", "｜>"), ("<unused", ">"))


@dataclass(slots=True)
class Vocabulary:
    """Tokens by id. Ids that nobody sets are unused padding, named after ``padding``.

    ``beyond`` collects added tokens for which the model has no embedding.
    """

    size: int
    texts: dict[int, str] = field(default_factory=dict)
    types: dict[int, TokenType] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    padding: str = "[PAD{}]"

    @classmethod
    def of(cls, files: TokenizerFiles, base: Mapping[str, int], size: int) -> Vocabulary:
        """A base vocabulary, the tokens that were added to it, and what is special among them.

        Raises: SourceError when the model has no embedding for a token of the base.
        """
        vocabulary = cls(size)
        for token, number in base.items():
            vocabulary.set(number, token)
        for added in files.added():
            vocabulary.add(added.id, added.text, added.special)
        for token in set(files.special_texts().values()):
            if token in base:
                vocabulary.add(base[token], token, True)
        largest = max(base.values())
        if largest >= size:
            raise files.fail(
                files.name, Sentence("has tokens up to id %1, but config.json says that the model has %2", f"{largest:,}", f"{size:,}"),
                "Tokenizer and weights do not belong together.",
            )  # fmt: skip
        return vocabulary

    def set(self, number: int, text: str, kind: TokenType = NORMAL, score: float = 0.0) -> None:
        """Give an id its token; a later call replaces an earlier one."""
        self.texts[number], self.types[number], self.scores[number] = text, kind, score

    def add(self, number: int, text: str, special: bool) -> None:
        """Set a token that was added to the tokenizer later: control, or to be found in text as it is."""
        if number >= self.size:
            self.beyond.append(text)
        elif special or looks_like_control(text):
            self.set(number, text, CONTROL, ADDED_SCORE)
        else:
            self.set(number, text.replace("\u2581", " "), USER_DEFINED, ADDED_SCORE)

    def ids(self) -> dict[str, int]:
        """Text to id."""
        return {text: number for number, text in self.texts.items()}

    def _each(self) -> Iterator[tuple[str, TokenType, float]]:
        for number in range(self.size):
            if number in self.texts:
                yield self.texts[number], self.types[number], self.scores[number]
            else:
                yield self.padding.format(number), UNUSED, PAD_SCORE

    def keys(self, *, scored: bool) -> dict[str, Typed]:
        """The GGUF arrays."""
        each = list(self._each())
        found = {"tokenizer.ggml.tokens": texts(text for text, _, _ in each)}
        if scored:
            found["tokenizer.ggml.scores"] = f32s(score for _, _, score in each)
        return {**found, "tokenizer.ggml.token_type": i32s(kind for _, kind, _ in each)}


def looks_like_control(text: str) -> bool:
    """Whether a token's text says that it is a control token.

    Source: does_token_look_special in conversion/base.py of llama.cpp.
    """
    return text in _CONTROL_TEXTS or any(text.startswith(begin) and text.endswith(end) for begin, end in _CONTROL_FRAMES)
