"""An answer token by token, against the model's own scores."""

from __future__ import annotations

import math

import pytest

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import ExperimentError

OPTIONS = {"temperature": 0, "num_predict": 12}


def test_probabilities_are_those_that_score_gives(ollama: Ollama) -> None:
    view = lab.tokens("pocket", "Name a colour.", options=OPTIONS, ollama=ollama)
    (scored,) = ollama.score("pocket", [list(view.done.tokens)], after=list(view.done.prompt_tokens)).result()
    for step, one in zip(view.steps, scored, strict=False):
        assert step.id == one.id
        assert step.surprise == pytest.approx(-one.logprob / math.log(2), abs=0.05)
    assert view.diverged is None
    assert "bits" in str(view.plot())


def test_a_sampled_answer_diverges_where_it_took_another_token(ollama: Ollama) -> None:
    view = lab.tokens("pocket", "Name a colour.", options={"temperature": 2.0, "top_k": 0, "top_p": 1.0, "seed": 4, "num_predict": 20}, ollama=ollama)
    place = view.diverged
    assert place is not None
    assert all(step.greedy for step in view.steps[:place])
    assert view.steps[place].best != view.steps[place].token


def test_a_branch_says_something_else_and_goes_on(ollama: Ollama) -> None:
    view = lab.tokens("pocket", "Name a colour.", options=OPTIONS, ollama=ollama)
    other = view.branch(1)
    assert other.text.startswith(view.steps[0].token)
    assert not other.text.startswith(view.steps[0].token + view.steps[1].token)
    chosen = view.branch(0, "Well")
    assert chosen.text.startswith("Well")
    assert "Well" in chosen._repr_mimebundle_()["text/html"]
    with pytest.raises(ExperimentError):
        view.branch(1000)
