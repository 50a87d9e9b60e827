"""Vectors of texts, as ``embed`` returns them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from .cards import Card, ShownAs
from .events import Statistics


@dataclass(frozen=True, slots=True)
class Embeddings(ShownAs, Sequence["array[float]"]):
    """One vector for each text, in order. ``numpy.array(embeddings)`` makes a matrix of them.

    ``embeddings`` holds the vectors, each an array of 32-bit numbers; ``digest`` is the model's, ``statistics`` what it cost.
    Shapes: (n_texts, n_embd).
    """

    embeddings: tuple[array[float], ...]
    model: str
    digest: str = ""
    statistics: Statistics = field(default_factory=Statistics)

    @property
    def width(self) -> int:
        """How many numbers a vector has; 0 without a text."""
        return len(self.embeddings[0]) if self.embeddings else 0

    @overload
    def __getitem__(self, index: int) -> array[float]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[array[float]]: ...
    def __getitem__(self, index: int | slice) -> array[float] | Sequence[array[float]]:
        return self.embeddings[index]

    def __len__(self) -> int:
        return len(self.embeddings)

    def __iter__(self) -> Iterator[array[float]]:
        return iter(self.embeddings)

    def __repr__(self) -> str:
        return f"<Embeddings {len(self)} x {self.width}, {self.model}>"

    def _card(self) -> Card:
        statistics = self.statistics
        first = ", ".join(f"{number:.4f}" for number in self.embeddings[0][:6]) + ", ..." if self.embeddings else ""
        rows: dict[str, str | int | None] = {
            "model": self.model, "texts": len(self), "dimensions": self.width, "tokens": statistics.prompt_eval_count, "first": first,
        }  # fmt: skip
        return Card("Embeddings", digest=self.digest, rows=rows)
