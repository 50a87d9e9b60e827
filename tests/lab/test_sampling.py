"""What the samplers make of a prediction: against the reference that the engine is tested with, against the engine's own chain of samplers,
and against drawn tokens.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from jupyter_ollama import Ollama, lab
from jupyter_ollama.engine.worker.llama import lib
from jupyter_ollama.engine.worker.sampling.chain import Chain
from jupyter_ollama.errors import OptionError
from jupyter_ollama.lab.samplers import Before
from jupyter_ollama.lab.sampling import SAMPLERS, shaped
from jupyter_ollama.options import OPTIONS

from ..engine.reference import Reference, softmax

NEWLINE = 3
SAID = [1, 2, NEWLINE, 2, 5, 2, 7, NEWLINE, 499]
CASES: list[dict[str, Any]] = [
    {}, {"temperature": 0}, {"top_k": 3}, {"top_k": 0, "top_p": 0.5}, {"min_p": 0.2, "top_k": 0}, {"typical_p": 0.6}, {"tfs_z": 0.5},
    {"tfs_z": 0.3, "typical_p": 0.7, "top_p": 0.8, "min_p": 0.05, "temperature": 1.7}, {"top_p": 0.0}, {"temperature": 0.01},
    {"repeat_penalty": 1.5, "top_k": 0}, {"repeat_penalty": 0.5, "repeat_last_n": 3}, {"presence_penalty": 1.2}, {"presence_penalty": -1.5},
    {"frequency_penalty": 0.8, "repeat_last_n": -1}, {"frequency_penalty": -0.5, "repeat_last_n": 0, "repeat_penalty": 2.0},
    {"repeat_penalty": 1.3, "presence_penalty": 0.4, "frequency_penalty": 0.6, "penalize_newline": False, "top_p": 0.7},
    {"repeat_penalty": 2.0, "temperature": 0}, {"mirostat": 1, "mirostat_tau": 3.0}, {"mirostat": 1, "mirostat_tau": 0.5, "temperature": 1.5},
    {"mirostat": 2}, {"mirostat": 2, "mirostat_tau": 1.0, "repeat_penalty": 1.4}, {"mirostat": 2, "mirostat_tau": 0.0},
]  # fmt: skip


@pytest.fixture(params=CASES, ids=str)
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


@pytest.fixture
def logits() -> np.ndarray:
    """Some above zero and some below it, for which penalties are not the same; the most probable ones were said before."""
    drawn = np.random.default_rng(3).normal(-0.5, 3, 500).astype(np.float32)
    drawn[[2, 5, NEWLINE]] = 8.0, 7.5, 7.75
    return drawn


def test_every_option_that_draws_tokens_can_be_tried() -> None:
    assert set(SAMPLERS) == {option.name for option in OPTIONS.values() if option.group == "sampling"} - {"seed"}


def test_it_keeps_what_the_reference_keeps(options: dict[str, Any], logits: np.ndarray) -> None:
    probabilities, dropped = shaped(logits.astype(np.float64), options, Before(SAID, 4096, NEWLINE))
    reference = Reference(SAID, 4096, NEWLINE, **options)
    penalized = reference._penalized(logits.astype(np.float64))
    if reference.options["temperature"] <= 0:
        assert probabilities[int(np.argmax(penalized))] == 1
    elif not reference.options["mirostat"]:
        ids, kept = reference._filtered(penalized)
        expected = np.zeros_like(penalized)
        expected[ids] = softmax(kept / reference.options["temperature"])
        np.testing.assert_allclose(probabilities, expected, atol=1e-12)
    assert probabilities.sum() == pytest.approx(1)
    assert set(dropped) == set(np.flatnonzero(probabilities == 0))


def test_it_keeps_what_the_engines_own_chain_of_samplers_keeps(options: dict[str, Any], logits: np.ndarray) -> None:
    """llama.cpp's samplers, as an answer has them."""
    probabilities, _ = shaped(logits.astype(np.float64), options, Before(SAID, 4096, NEWLINE))
    vocabulary: Any = SimpleNamespace(size=len(logits), newline=NEWLINE)
    chain = Chain({"seed": 1, **options}, vocabulary, 4096, SAID)
    candidates = (lib.llama_token_data * len(logits))(*((token, float(logit), 0.0) for token, logit in enumerate(logits)))
    array = lib.llama_token_data_array(data=candidates, size=len(logits), selected=-1, sorted=False)
    lib.llama_sampler_apply(chain.handle, ctypes.byref(array))
    made = {candidates[place].id: candidates[place].p for place in range(array.size)}
    selected = candidates[array.selected].id
    chain.close()
    if options.get("temperature") == 0:
        assert probabilities[selected] == 1
        return
    assert set(made) == set(np.flatnonzero(probabilities))
    np.testing.assert_allclose([probabilities[token] for token in made], list(made.values()), atol=2e-6)


def test_drawn_tokens_are_as_frequent_as_it_says(ollama: Ollama) -> None:
    options = {"temperature": 1.6, "top_k": 12, "repeat_penalty": 1.3, "presence_penalty": 0.5}
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    expected = {one.id: one.after for one in play.candidates(**options) if one.after}
    assert any(one.seen for one in play.candidates(most=300, **options))
    runs = [ollama.chat("pocket", "Name a colour.", options={**options, "seed": seed, "num_predict": 1}) for seed in range(200)]
    drawn = Counter(run.result().tokens[0] for run in runs)
    assert set(drawn) <= set(expected)
    for token, probability in expected.items():
        assert abs(drawn[token] / 200 - probability) < 4 * (probability * (1 - probability) / 200) ** 0.5 + 0.01


def test_penalties_work_on_the_models_own_logits(ollama: Ollama) -> None:
    """A log-probability is never positive: a penalty that divides would not be the same."""
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    assert play.logits.max() > 0
    told = np.log(np.exp(play.logits - play.logits.max()).sum()) + play.logits.max()
    (found,) = ollama.next_tokens("pocket", [list(play.prompt.tokens)], top=1).result()
    assert found.log_sum == pytest.approx(told, abs=1e-4)


def test_what_was_said_counts(ollama: Ollama) -> None:
    said = [{"role": "user", "content": "Count."}, {"role": "assistant", "content": "red, red, red,"}]
    play = lab.playground("pocket", said, ollama=ollama)
    again = max(play.candidates(most=2000, repeat_last_n=16), key=lambda one: one.seen)
    assert again.seen >= 3
    before, after = (next(one.after for one in play.candidates(most=2000, top_k=0, top_p=1, **more) if one.id == again.id)
                     for more in ({}, {"frequency_penalty": 1.0, "repeat_last_n": 16}))  # fmt: skip
    assert after < before


def test_it_is_a_figure_with_sliders(ollama: Ollama) -> None:
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    assert "may come next" in str(play.plot(top_k=2))
    assert "vegalite" in str(list(play._repr_mimebundle_()))
    with pytest.raises(OptionError):
        play.plot(num_predict=1)
    with pytest.raises(OptionError):
        play.plot(top_p="high")


def controls(widget: Any) -> dict[str, Any]:
    """The controls by their names."""
    left = widget.children[0].children[0]
    return {one.description: one for group in left.children for one in getattr(group, "children", [group]) if hasattr(one, "description")}


def test_the_bars_follow_the_sliders(ollama: Ollama) -> None:
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    widget = play.widget()
    bars, moved = widget.children[0].children[1], controls(widget)
    assert set(moved) - {""} == {*SAMPLERS, "Defaults"}
    before = bars.value
    moved["top_k"].value = 1
    assert "1 of" in bars.value != before
    assert "-o top_k=1" in bars.value
    moved["repeat_penalty"].value = 1.5
    moved["penalize_newline"].value = False
    assert "-o repeat_penalty=1.5 -o penalize_newline=false -o top_k=1" in bars.value
    moved["Defaults"].click()
    assert bars.value == before
    assert "text/html" in widget._repr_mimebundle_()


def test_what_has_no_effect_cannot_be_moved(ollama: Ollama) -> None:
    moved = controls(lab.playground("pocket", "Name a colour.", ollama=ollama).widget())
    assert {name for name, one in moved.items() if getattr(one, "disabled", False)} == {
        "repeat_last_n", "penalize_newline", "mirostat_tau", "mirostat_eta",
    }  # fmt: skip
    moved["mirostat"].value = 2
    moved["presence_penalty"].value = 1.0
    assert {name for name, one in moved.items() if getattr(one, "disabled", False)} == {
        "top_k", "tfs_z", "typical_p", "top_p", "min_p", "mirostat_eta",
    }  # fmt: skip
