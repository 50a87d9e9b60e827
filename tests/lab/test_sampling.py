"""What the samplers make of a prediction, against the reference that the engine is tested with and against drawn tokens."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import OptionError
from jupyter_ollama.lab.sampling import SAMPLERS, shaped

from ..engine.reference import Reference, softmax

CASES = [
    {}, {"temperature": 0}, {"top_k": 3}, {"top_k": 0, "top_p": 0.5}, {"min_p": 0.2, "top_k": 0}, {"typical_p": 0.6}, {"tfs_z": 0.5},
    {"tfs_z": 0.3, "typical_p": 0.7, "top_p": 0.8, "min_p": 0.05, "temperature": 1.7}, {"top_p": 0.0}, {"temperature": 0.01},
]  # fmt: skip


@pytest.mark.parametrize("options", CASES, ids=str)
def test_it_keeps_what_the_engine_keeps(options: dict[str, float]) -> None:
    logits = np.random.default_rng(3).normal(0, 3, 500)
    logprobs = logits - np.log(np.exp(logits).sum())
    probabilities, dropped = shaped(logprobs, options)
    reference = Reference([], 4096, 0, **options)
    if reference.options["temperature"] <= 0:
        assert probabilities[int(np.argmax(logits))] == 1
    else:
        ids, kept = reference._filtered(logits.copy())
        expected = np.zeros_like(logits)
        expected[ids] = softmax(kept / reference.options["temperature"])
        np.testing.assert_allclose(probabilities, expected, atol=1e-12)
    assert set(dropped) == set(np.flatnonzero(probabilities == 0))


def test_drawn_tokens_are_as_frequent_as_it_says(ollama: Ollama) -> None:
    options = {"temperature": 1.6, "top_k": 12}
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    expected = {one.id: one.after for one in play.candidates(**options) if one.after}
    runs = [ollama.chat("pocket", "Name a colour.", options={**options, "seed": seed, "num_predict": 1}) for seed in range(200)]
    drawn = Counter(run.result().tokens[0] for run in runs)
    assert set(drawn) <= set(expected)
    for token, probability in expected.items():
        assert abs(drawn[token] / 200 - probability) < 4 * (probability * (1 - probability) / 200) ** 0.5 + 0.01


def test_it_is_a_figure_with_sliders(ollama: Ollama) -> None:
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    assert "may come next" in str(play.plot(top_k=2))
    assert "vegalite" in str(list(play._repr_mimebundle_()))
    with pytest.raises(OptionError):
        play.plot(mirostat=1)
    with pytest.raises(OptionError):
        play.plot(top_p="high")


def test_the_bars_follow_the_sliders(ollama: Ollama) -> None:
    play = lab.playground("pocket", "Name a colour.", ollama=ollama)
    widget = play.widget()
    left, bars = widget.children[0].children
    moved = {one.description: one for one in left.children}
    assert set(moved) == {*SAMPLERS, "Defaults"}
    before = bars.value
    moved["top_k"].value = 1
    assert "1 of" in bars.value != before
    assert "-o top_k=1" in bars.value
    assert "Penalties" in bars.value
    moved["Defaults"].click()
    assert bars.value == before
    assert "text/html" in widget._repr_mimebundle_()
