"""Guessing ahead from the text itself: what is guessed, and that answers stay the same whatever is guessed."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.worker.lookup import Lookup
from jupyter_ollama.errors import OptionError


def after(tokens: list[int], most: int = 4) -> list[int]:
    return Lookup(most).after(array("i", tokens)).tolist()


def test_what_followed_the_same_tokens_before_is_guessed() -> None:
    assert after([1, 2, 3, 9, 8, 7, 6, 5, 1, 2, 3]) == [9, 8, 7, 6]
    assert after([1, 2, 3, 9, 1, 2, 3]) == [9, 1, 2, 3]
    assert after([5, 2, 3, 9, 8, 7, 2, 3]) == [9, 8, 7, 2], "two tokens are enough"
    assert after([1, 2, 3, 9, 5, 1, 2, 3, 7, 5, 1, 2, 3]) == [7, 5, 1, 2], "the last time counts"
    assert after([1, 2, 3, 4, 5, 6]) == after([]) == after([1]) == []


def test_the_end_of_a_text_is_not_its_own_repetition() -> None:
    assert after([7, 7]) == []
    assert after([7, 7, 7]) == [7]


def test_a_text_that_grows_is_indexed_as_it_grows_and_anew_when_it_gets_shorter() -> None:
    lookup, tokens = Lookup(3), array("i", [1, 2, 3, 9])
    assert not lookup.after(tokens)
    tokens.extend([8, 7, 1, 2, 3])
    assert lookup.after(tokens).tolist() == [9, 8, 7]
    del tokens[:4]
    assert not lookup.after(tokens), "what has left the context is not remembered"


def test_fewer_tokens_are_guessed_while_the_guesses_are_wrong() -> None:
    tokens, lookup = array("i", [1, 2, 3, 9, 8, 7, 6, 5, 4, 1, 2, 3]), Lookup(4)
    sizes = []
    for right in (0, 0, 0, 1, 2):
        sizes.append(len(guessed := lookup.after(tokens)))
        lookup.judge(len(guessed), min(right, len(guessed)))
    assert sizes == [4, 2, 1, 1, 2]


@pytest.fixture(scope="module")
def ollama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    with Ollama(tmp_path_factory.mktemp("models")) as ollama:
        yield ollama


ASKED = [
    "Please repeat: garden tower river garden tower river garden tower river",
    "Count from 1 to 9.", "Tell me a story.", "What is 2 + 3?", "Hello, I am Anna. Who am I?",
]  # fmt: skip


def answers(ollama: Ollama, **options: Any) -> list[tuple[str, str]]:
    """Several at once. How many tokens were drawn before a stop text was noticed is a matter of time."""
    runs = [ollama.chat("pocket", one, options={"num_predict": 120, **options}) for one in ASKED]
    found = [run.result(120) for run in runs]
    return [(str(done), done.done_reason) for done in found]


OPTIONS = [{"temperature": 0}, {"temperature": 1.5, "seed": 3}, {"temperature": 0, "num_predict": 7}, {"temperature": 0, "stop": ["river"]}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_answers_are_the_same_with_guesses(ollama: Ollama, options: dict[str, Any]) -> None:
    alone = answers(ollama, **options)
    for guesses in (1, 4, 16):
        assert answers(ollama, prompt_lookup=guesses, **options) == alone


def test_answers_go_on_past_a_full_context_with_guesses(ollama: Ollama) -> None:
    options = {"temperature": 1.5, "seed": 1, "num_ctx": 64, "num_predict": 300, "prompt_lookup": 8}
    done = ollama.generate("pocket", "one two one two one two", raw=True, options=options).result(120)
    assert done.statistics.eval_count <= 300
    with pytest.raises(OptionError):
        ollama.chat("pocket", "Hello", options={"prompt_lookup": 33}).result(60)


def test_formats_and_probabilities_go_together_with_guesses(ollama: Ollama) -> None:
    schema = {"type": "array", "items": {"const": "a long text that is always the same"}, "minItems": 4, "maxItems": 4}
    wanted: dict[str, Any] = {"format": schema, "logprobs": True}
    alone, guessed = (ollama.chat("pocket", "Answer.", options={"temperature": 0, "prompt_lookup": n}, **wanted).result(120) for n in (0, 8))
    assert str(guessed) == str(alone)
    assert len(guessed.logprobs) == len(alone.logprobs)
    assert [one.logprob for one in guessed.logprobs] == pytest.approx([one.logprob for one in alone.logprobs], abs=0.05)
