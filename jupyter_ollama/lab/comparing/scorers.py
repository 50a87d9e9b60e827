"""What an answer is worth: a scorer is any function of the answer and the prompt that returns a number, or whether it is right.

    contains("Paris")   matches(r"^\\d+$")   exact("42")   json_valid   judge(ollama, "llama3.2", "Is the answer polite?")
    def short(answer, prompt): return len(answer) < 100

Several expected texts, one for each prompt, are given as a list: ``exact(["4", "Paris"])``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ...errors import ExperimentError, OptionError
from .samples import Sample

Expected = str | Sequence[str]


class Scorer(Protocol):
    """What scores an answer. ``by_prompt``: it takes the prompt's number as a third argument."""

    def __call__(self, answer: str, prompt: str, number: int, /) -> float | bool: ...


@dataclass(frozen=True)
class _Text:
    """Compares an answer with what is expected."""

    name: str
    expected: Expected
    test: Callable[[str, str], bool]
    by_prompt = True

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, answer: str, prompt: str, number: int) -> bool:
        if isinstance(self.expected, str):
            return self.test(answer, self.expected)
        if number >= len(self.expected):
            raise ExperimentError(f"prompt {number} has no expected text.", hint="Give one text for each prompt, in their order.")
        return self.test(answer, self.expected[number])


def contains(expected: Expected) -> Scorer:
    """Whether the answer has the ``expected`` text in it, in any case; a list has one for each prompt."""
    return _Text("contains", expected, lambda answer, wanted: wanted.lower() in answer.lower())


def exact(expected: Expected) -> Scorer:
    """Whether the answer is the ``expected`` text, but for blanks around it; a list has one for each prompt."""
    return _Text("exact", expected, lambda answer, wanted: answer.strip() == wanted.strip())


def matches(pattern: Expected) -> Scorer:
    """Whether a regular expression (``pattern``) is found in the answer; a list has one for each prompt.

    Raises: OptionError for a pattern that is none.
    """
    for one in [pattern] if isinstance(pattern, str) else pattern:
        try:
            re.compile(one)
        except re.error as error:
            raise OptionError(f"{one!r:.80} is no regular expression: {error}.", hint="Escape what stands for itself.") from error
    return _Text("matches", pattern, lambda answer, wanted: re.search(wanted, answer) is not None)


def json_valid(answer: str, prompt: str) -> bool:
    """Whether the ``answer`` is JSON, whatever the ``prompt`` was."""
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        return False
    return True


_GRADE = {
    "type": "object", "properties": {"grade": {"type": "integer", "minimum": 0, "maximum": 10}}, "required": ["grade"],
}  # fmt: skip


@dataclass(frozen=True)
class judge:  # noqa: N801 (used as a function, as the others are)
    """A model that grades answers from 0 to 10; the score is a tenth of that.

    Args:
        ollama: who has the judge.
        model: the judge.
        question: what it shall look at.
    """

    ollama: Any
    model: str
    question: str = "How good is the answer?"
    remembered = True

    def __call__(self, answer: str, prompt: str) -> float:
        asked = f"Question: {prompt}\n\nAnswer: {answer}\n\n{self.question} Give a grade from 0 (bad) to 10 (perfect)."
        said = self.ollama.chat(
            self.model, asked, format=_GRADE, options={"temperature": 0, "seed": 0, "num_predict": 40}
        ).result().message.content  # fmt: skip
        try:
            return float(json.loads(said)["grade"]) / 10
        except (ValueError, KeyError, TypeError) as error:
            hint = "Take a model that follows JSON."
            raise ExperimentError(f"the judge {self.model} gave no grade but {said!r:.60}.", hint=hint) from error

    def print_of(self) -> str:
        """What its grades depend on."""
        return f"{self.model} {self.ollama.show(self.model).digest} {self.question}"


def named(score: Any) -> dict[str, Any]:
    """Scorers by name: one function, several, or a mapping of names."""
    if score is None:
        return {}
    if isinstance(score, Mapping):
        return {str(name): one for name, one in score.items()}
    several = list(score) if isinstance(score, Sequence) and not isinstance(score, str) else [score]
    names: dict[str, Any] = {}
    for one in several:
        if not callable(one):
            raise OptionError(f"{one!r:.80} is no scorer.", hint="Give a function of the answer and the prompt.")
        name = getattr(one, "__name__", type(one).__name__.strip("_").lower())
        names[name if name not in names else f"{name} {len(names) + 1}"] = one
    return names


def rescored(sample: Sample, scorers: Mapping[str, Any], prompt: str) -> Sample:
    """A sample with the scores of these scorers instead of those it has."""
    if sample.error:
        return replace(sample, scores=dict.fromkeys(scorers), troubles=dict.fromkeys(scorers, "there is no answer"))
    found = {name: value(scorer, sample.text, prompt, sample.prompt) for name, scorer in scorers.items()}
    troubles = {name: text for name, (_, text) in found.items() if text}
    return replace(sample, scores={name: score for name, (score, _) in found.items()}, troubles=troubles)


def value(scorer: Any, answer: str, prompt: str, number: int) -> tuple[float | None, str]:
    """The score, or None and what went wrong: a scorer that fails costs its own score and nothing else."""
    try:
        given = scorer(answer, prompt, number) if getattr(scorer, "by_prompt", False) else scorer(answer, prompt)
        score = float(given)
    except Exception as error:  # noqa: BLE001 (somebody else's function may raise anything)
        return None, f"{type(error).__name__}: {error}"
    return (None, f"it returned {given!r:.40}, which is no number") if math.isnan(score) else (score, "")
