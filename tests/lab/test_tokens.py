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


def test_a_click_shows_the_alternatives_and_another_one_takes_a_branch(ollama: Ollama) -> None:
    view = lab.tokens("pocket", "Name a colour.", options=OPTIONS, ollama=ollama)
    widget = view.widget()
    line = widget.children[1]
    tokens, choices, branches = line.children
    assert [button.description.replace("\u00a0", " ") for button in tokens.children] == [step.token or "∅" for step in view.steps]
    tokens.children[1].click()
    others = [one for one in choices.children if getattr(one, "disabled", None) is False and hasattr(one, "click")]
    assert len(others) == 4
    others[0].click()
    title, branch = branches.children
    assert "→" in title.value
    assert len(branch.children[0].children) > 1
    tokens.children[0].click()
    choices.children[-1].value = "Well"
    assert "Well" in branches.children[2].value
    shown = widget._repr_mimebundle_()
    assert shown["text/html"] == view._repr_mimebundle_()["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_what_went_wrong_with_a_branch_is_said_in_its_place(ollama: Ollama) -> None:
    ollama.create("fleeting", "FROM pocket").result()
    view = lab.tokens("fleeting", "Name a colour.", options=OPTIONS, ollama=ollama)
    tokens, choices, branches = view.widget().children[1].children
    tokens.children[0].click()
    ollama.delete("fleeting")
    choices.children[-1].value = "Well"
    assert "fleeting" in choices.children[0].value
    assert branches.children == ()


def test_tokens_that_are_not_the_most_probable_are_marked_and_the_colours_explained(ollama: Ollama) -> None:
    options = {"temperature": 2.0, "top_k": 0, "top_p": 1.0, "seed": 4, "num_predict": 20}
    view = lab.tokens("pocket", "Name a colour.", options=options, ollama=ollama)
    shown = view._repr_mimebundle_()["text/html"]
    assert shown.count('class="parted" title') == sum(not step.greedy for step in view.steps)
    assert "another token was more probable" in shown
