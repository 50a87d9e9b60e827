"""How probabilities look, as text and as HTML."""

from __future__ import annotations

import math
from array import array

from jupyter_ollama import render
from jupyter_ollama.scores import Distribution, Distributions, Logprob, Logprobs, Scores

HOSTILE = '<img src=x onerror="alert(1)">\x1b[31m'


def token(text: str, probability: float, *top: Logprob) -> Logprob:
    return Logprob(text, math.log(probability), text.encode(), 7, top)


TOKENS = Logprobs([token("Hello", 0.5), token(" you", 0.01, token(" world", 0.9), token(" you", 0.01))])


def test_tokens_are_a_table_with_the_most_probable_ones_beside() -> None:
    lines = render.plain(TOKENS).splitlines()

    assert ["TOKEN", "PROBABILITY", "LOGPROB", "MOST", "PROBABLE"] == lines[0].split()
    assert "' you'" in lines[2]
    assert "1.0%" in lines[2]
    assert "' world' 90%" in lines[2]
    assert str(TOKENS) == render.plain(TOKENS)


def test_a_text_is_the_redder_the_less_probable_it_was() -> None:
    page = render.html(TOKENS)

    assert "rgba(255, 80, 60, 0.04)" in page
    assert "rgba(255, 80, 60, 0.28)" in page
    assert "2 tokens · log-probability -5.30 · perplexity 14.14" in page


def test_scores_are_one_line_a_text_and_distributions_one_a_token() -> None:
    found = Distribution((1,), array("f", [math.log(0.75), math.log(0.25)]), Logprobs([token("a", 0.75), token("b", 0.25)]))

    assert ["2", "-5.30", "14.14", "Hello", "you"] == render.plain(Scores([TOKENS])).splitlines()[1].split()
    assert ["'a'", "75.0%", "-0.29"] == render.plain(found).splitlines()[1].split()
    assert "0.81 bits are open" in render.html(Distributions([found]))
    assert 2 == render.plain(Distributions([found, found])).count("'a'")


def test_nothing_a_model_says_becomes_markup() -> None:
    hostile = Logprobs([token(HOSTILE, 0.5, token(HOSTILE, 0.5))])
    found = Distribution((1,), array("f", [0.0]), hostile)

    for value in (hostile, Scores([hostile]), found, Distributions([found]), hostile[0]):
        assert "<img" not in render.html(value)
        assert "\x1b" not in render.html(value) + render.plain(value)
