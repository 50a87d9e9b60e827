"""``score`` and ``next_tokens``: what a model holds for probable, on pocket and on an engine of plain Python."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.engine.echo import EchoEngines
from jupyter_ollama.errors import Cancelled, ContextFull, ModelNotFound, OptionError

from .conftest import Create


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    with Ollama(tmp_path_factory.mktemp("models")) as ollama:
        yield ollama


def test_pocket_is_surer_of_what_is_true(pocket: Ollama) -> None:
    scores = pocket.score("pocket", ["4", "9"], after="<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n").result(120)

    assert scores[0].total > scores[1].total
    assert "4" == scores[0].text


def test_pocket_tells_what_may_come_next(pocket: Ollama) -> None:
    first, second = pocket.next_tokens("pocket", ["Once upon a", "The quick"], top=3).result(120)

    assert (" time", 3, 2048) == (first.top[0].token, len(first.top), len(second.logprobs))
    assert 0 < first.entropy < 1 < 11 == math.log2(len(second.logprobs)), "there are few ways to go on, of all the tokens there are"
    assert "' time'" in str(first)


def test_a_score_that_nobody_wants_any_more_ends_and_the_model_answers(pocket: Ollama) -> None:
    begun = threading.Event()
    run = pocket.score("pocket", [f"{number} " + "a word and another " * 60 for number in range(300)])
    threading.Timer(0.3, begun.set).start()
    begun.wait(10)
    run.cancel()

    with pytest.raises(Cancelled):
        run.result(30)
    assert pocket.chat("pocket", "Hi", options={"num_predict": 3}).result(60).tokens


def test_texts_are_scored_while_an_answer_is_made(pocket: Ollama) -> None:
    answer = pocket.chat("pocket", "Tell me a story.", options={"num_predict": 60, "temperature": 0, "seed": 1})
    scores = pocket.score("pocket", ["a cat", "a dog", "a boat"]).result(60)

    assert ["a cat", "a dog", "a boat"] == [one.text[-len(text):] for one, text in zip(scores, ("a cat", "a dog", "a boat"), strict=True)]
    assert answer.result(60).tokens


def test_what_cannot_be_scored_is_one_clear_error(pocket: Ollama) -> None:
    with pytest.raises(ModelNotFound):
        pocket.score("poket", "a").result(20)
    with pytest.raises(ContextFull, match="num_ctx"):
        pocket.score("pocket", "word " * 500, options={"num_ctx": 64}).result(60)
    with pytest.raises(OptionError, match="top_logprobs"):
        pocket.score("pocket", "a", top_logprobs=1_000_000).result(20)


def test_texts_are_texts_or_tokens(ollama: Ollama, create: Create) -> None:
    create("mario")
    ollama.engines.close()
    ollama.engines = EchoEngines()  # type: ignore[assignment]

    by_text, by_tokens = (ollama.score("mario", given).result(20) for given in ("abc", list(b"abc")))
    assert by_text == by_tokens
    assert (1, "bc") == (len(by_text), by_text[0].text)
    assert ["b", "c"] == [one.text for one in ollama.score("mario", ["b", list(b"c")], after="a").result(20)]
    assert () == ollama.score("mario", []).result(20)
    with pytest.raises(TypeError, match="a text is a str"):
        ollama.score("mario", [3.5])  # type: ignore[list-item]
    with pytest.raises(OptionError, match="top is a whole number"):
        ollama.next_tokens("mario", "a", top=1_000_000).result(20)
