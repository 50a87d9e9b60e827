"""What pocket answers through the package's own engine, as F16: the shares of the held-out sets that are met.

The limits lie a little below the figures of the card, so that another processor's rounding does not fail them, and not below the aims where
a whole set is asked: 75 % of the paraphrases, 85 % of recall, 80 % of fallback (95 % of the templated set, of which CI asks every fourth).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from jupyter_ollama import Ollama

Answer = Callable[[list[dict[str, str]]], str]
# Set, every how many items, and the least share that must be met.
LIMITS = [("templated", 4, 0.92), ("paraphrase", 1, 0.84), ("recall", 1, 0.87), ("fallback", 1, 0.88)]


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answer]:
    """Greedy answers of at most 64 tokens."""
    with Ollama(tmp_path_factory.mktemp("pocket") / "models") as ollama:

        def ask(said: list[dict[str, str]]) -> str:
            done = ollama.chat("pocket", said, options={"temperature": 0, "num_predict": 64}).result(60)
            return done.message.content

        yield ask


def failures(scoring: ModuleType, held_out: Path, answer: Answer, name: str, every: int, limit: float) -> str:
    """Empty if the set reaches its limit, else the share and what failed."""
    outcome = scoring.score(scoring.load(held_out / f"{name}.jsonl")[::every], answer)[name]
    shown = "\n".join(f"{identity}: {question!r} -> {text!r}" for identity, question, text in outcome.failures)
    print(f"{name}: {outcome.met} of {outcome.total}, {outcome.share:.1%}")
    return "" if outcome.share >= limit else f"{outcome.share:.1%} of {name}, {limit:.0%} wanted\n{shown}"


@pytest.mark.parametrize(("name", "every", "limit"), LIMITS)
def test_the_held_out_set_is_met(scoring: ModuleType, held_out: Path, answer: Answer, name: str, every: int, limit: float) -> None:
    assert not failures(scoring, held_out, answer, name, every, limit)


@pytest.mark.soak
def test_the_whole_templated_set_is_met(scoring: ModuleType, held_out: Path, answer: Answer) -> None:
    assert not failures(scoring, held_out, answer, "templated", 1, 0.95)


def test_mario_says_who_he_is(answer: Answer) -> None:
    """The first example of every Modelfile tutorial."""
    assert "Mario" in answer([{"role": "system", "content": "You are Mario from Super Mario Bros."}, {"role": "user", "content": "Who are you?"}])


def test_what_pocket_does_not_know_it_says(answer: Answer) -> None:
    assert answer([{"role": "user", "content": "Who was Marie Curie?"}]) == "I am a very small model and do not know that."
