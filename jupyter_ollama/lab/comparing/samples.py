"""One answer of a comparison, and what identifies it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from ...errors import OllamaError
from ...events import Done
from ..asking import Question


@dataclass(frozen=True)
class Plan:
    """What is asked of every model. ``seed``: that of sample 0; the others follow it."""

    prompts: tuple[str, ...]
    n: int
    seed: int
    system: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    think: bool | str | None = None
    format: Any = None

    def question(self, cell: Cell) -> Question:
        """How a sample is asked for."""
        options = {**self.options, "seed": self.seed + cell.number}
        call = {"system": self.system, "options": options, "think": self.think, "format": self.format}
        return Question(cell.model, self.prompts[cell.prompt], call)

    def to_json(self) -> dict[str, Any]:
        """What the samples depend on, as JSON has it. Raises: TypeError for what JSON does not know."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


@dataclass(frozen=True)
class Cell:
    """The place of a sample: model, number of the prompt, number of the sample."""

    model: str
    prompt: int
    number: int

    @property
    def key(self) -> tuple[str, int, int]:
        return self.model, self.prompt, self.number


@dataclass(frozen=True)
class Sample:
    """An answer. ``error`` is empty where there is one; ``scores`` by the names of the scorers, None where a scorer failed.

    Units: ``seconds`` for the whole, ``rate`` tokens per second while answering.
    """

    model: str
    prompt: int
    number: int
    seed: int
    text: str
    error: str
    reason: str
    tokens: int
    seconds: float
    rate: float
    scores: dict[str, float | None] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)


def record_of(outcome: Done | OllamaError) -> dict[str, Any]:
    """What is kept of an outcome; values that JSON knows."""
    if isinstance(outcome, OllamaError):
        return {"text": "", "error": f"{type(outcome).__name__}: {outcome}", "reason": "", "tokens": 0, "seconds": 0.0, "rate": 0.0}
    cost = outcome.statistics
    return {
        "text": outcome.message.content, "error": "", "reason": outcome.done_reason, "tokens": cost.eval_count,
        "seconds": cost.total_duration / 1e9, "rate": round(cost.eval_rate, 3),
    }  # fmt: skip
