"""``Sentence``: an English sentence that can be said in another language.

    raise InvalidName(Sentence("invalid model name %1.", repr(text)), hint="Names have no blanks.")

It is a text like any other, and knows how it was made: its pattern, by which catalogues of translations know it, and what fills the places
``%1``, ``%2`` ... of it. ``%%`` is a percent sign. A sentence that is said without places is a plain literal: its text is its pattern.
``tests/test_sentences.py`` collects all of them and knows their Chinese.
"""

from __future__ import annotations

import re
from typing import Any

_PLACE = re.compile(r"%(%|[1-9])")
MAX_DEPTH = 4
"""So many sentences may fill one another."""


class Sentence(str):
    """A pattern with its places filled, by texts or by other sentences.

    Raises: IndexError for a place that nothing fills: a mistake of who wrote the sentence.
    """

    pattern: str
    values: tuple[str, ...]

    def __new__(cls, pattern: str, *values: object) -> Sentence:
        texts = tuple(value if isinstance(value, str) else str(value) for value in values)
        return cls._made(_PLACE.sub(lambda place: "%" if place[1] == "%" else texts[int(place[1]) - 1], pattern), pattern, texts)

    @classmethod
    def _made(cls, text: str, pattern: str, values: tuple[str, ...]) -> Sentence:
        made = super().__new__(cls, text)
        made.pattern, made.values = pattern, values
        return made

    @classmethod
    def of(cls, text: str) -> Sentence:
        """A text without places as a sentence."""
        return text if isinstance(text, cls) else cls(text.replace("%", "%%"))

    def __reduce__(self) -> tuple[Any, ...]:
        return Sentence, (self.pattern, *self.values)

    def capitalized(self) -> Sentence:
        """The same at the beginning of an English sentence; a catalogue knows it by the same pattern."""
        return self._made(f"{self[:1].upper()}{self[1:]}", self.pattern, self.values)

    def with_values(self, old: str, new: str) -> Sentence:
        """The same sentence with ``old`` in what fills it replaced."""
        return Sentence(self.pattern, *(replaced(value, old, new) for value in self.values))


def replaced(text: str, old: str, new: str) -> str:
    """A text or a sentence in which ``new`` stands for ``old``: a name instead of the place where it was kept."""
    return text.with_values(old, new) if isinstance(text, Sentence) else text.replace(old, new)


def together(*texts: str | None) -> Sentence:
    """Sentences one behind the other; those that are empty are left out."""
    first, *rest = [Sentence.of(text) for text in texts if text] or [Sentence("")]
    return Sentence("%1 %2", first, together(*rest)) if rest else first


def as_json(text: str, depth: int = MAX_DEPTH) -> Any:
    """A sentence as a list of its pattern and what fills it, any other text as it is."""
    if not isinstance(text, Sentence) or not depth:
        return str(text)
    return [text.pattern, *(as_json(value, depth - 1) for value in text.values)]


def from_json(value: Any, depth: int = MAX_DEPTH) -> str:
    """What ``as_json`` wrote."""
    if not isinstance(value, list) or not value or not depth:
        return str(value)
    return Sentence(str(value[0]), *(from_json(one, depth - 1) for one in value[1:]))
