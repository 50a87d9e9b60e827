"""Sampling: every option has the effect that it should have, checked against plain arithmetic on known logits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.engine.protocol import Engine
from jupyter_ollama.errors import OptionError

from . import tiny
from .talk import answer, running

A, B, C, D = b"abcd"
LOGITS = {A: math.log(0.5), B: math.log(0.25), C: math.log(0.15), D: math.log(0.1)}
COUNT = 800
OPEN = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": 11}


@pytest.fixture(scope="module")
def dice(models: Path) -> Iterator[Engine]:
    """After any token: a with probability 0.5, b 0.25, c 0.15, d 0.1."""
    logits = dict.fromkeys((tiny.BOS, A, B, C, D), LOGITS)
    with running(tiny.markov(models / "dice.gguf", logits, tiny.Shape(n_ctx=1024))) as engine:
        yield engine


@pytest.fixture(scope="module")
def steps(models: Path) -> Iterator[Engine]:
    """After any token: a with logit 3, b 2, c 1, d -1."""
    row = {A: 3.0, B: 2.0, C: 1.0, D: -1.0}
    with running(tiny.markov(models / "steps.gguf", dict.fromkeys((tiny.BOS, A, B, C, D), row))) as engine:
        yield engine


def shares(engine: Engine, **options: Any) -> dict[int, float]:
    """How often each token was drawn."""
    tokens, _ = answer(engine, "", num_predict=COUNT, **{**OPEN, **options})
    counts = Counter(token.id for token in tokens)
    assert sum(counts.values()) == len(tokens) == COUNT
    return {token: count / COUNT for token, count in counts.items()}


def expect(drawn: dict[int, float], weights: dict[int, float]) -> None:
    """The shares follow these weights within 4 standard deviations, and nothing else was drawn."""
    total = sum(weights.values())
    assert set(drawn) == set(weights)
    for token, weight in weights.items():
        share = weight / total
        assert abs(drawn[token] - share) < 4 * math.sqrt(share * (1 - share) / COUNT)


def test_temperature_1_draws_by_the_probabilities_of_the_model(dice: Engine) -> None:
    expect(shares(dice), {A: 0.5, B: 0.25, C: 0.15, D: 0.1})


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_sharpens_or_flattens(dice: Engine, temperature: float) -> None:
    expect(shares(dice, temperature=temperature), {token: math.exp(logit / temperature) for token, logit in LOGITS.items()})


@pytest.mark.parametrize("temperature", [0, -1])
def test_temperature_0_takes_the_most_probable(dice: Engine, temperature: float) -> None:
    assert answer(dice, "", num_predict=20, temperature=temperature)[0][0].id == A


def test_top_k_keeps_the_k_most_probable(dice: Engine) -> None:
    expect(shares(dice, top_k=2), {A: 0.5, B: 0.25})


def test_top_p_keeps_the_fewest_that_reach_p(dice: Engine) -> None:
    expect(shares(dice, top_p=0.7), {A: 0.5, B: 0.25})


def test_min_p_drops_what_is_much_less_probable_than_the_best(dice: Engine) -> None:
    expect(shares(dice, min_p=0.25), {A: 0.5, B: 0.25, C: 0.15})


def test_typical_p_keeps_what_is_as_surprising_as_expected(dice: Engine) -> None:
    probabilities = {token: math.exp(logit) for token, logit in LOGITS.items()}
    entropy = -sum(share * math.log(share) for share in probabilities.values())
    by_distance = sorted(probabilities, key=lambda token: abs(-math.log(probabilities[token]) - entropy))
    kept, reached = {}, 0.0
    for token in by_distance:
        kept[token] = probabilities[token]
        reached += probabilities[token]
        if reached > 0.4:
            break
    assert len(kept) < 4
    expect(shares(dice, typical_p=0.4), kept)


def test_filters_come_before_the_temperature(dice: Engine) -> None:
    """At temperature 2 top_p 0.7 would keep three tokens if it came after it."""
    expect(shares(dice, top_p=0.7, temperature=2.0), {A: math.sqrt(0.5), B: math.sqrt(0.25)})


@pytest.mark.parametrize("version", [1, 2])
def test_mirostat_aims_at_a_surprise(dice: Engine, version: int) -> None:
    options = {**OPEN, "mirostat": version, "mirostat_eta": 0.2, "num_predict": COUNT}
    sure, wild = ([token.id for token in answer(dice, "", **options, mirostat_tau=tau)[0]] for tau in (0.5, 5.0))
    assert sure.count(A) / len(sure) > 0.75 > wild.count(A) / len(wild)
    assert set(wild) == {A, B, C, D}


def penalized(prompt: list[int], count: int, **options: float) -> list[int]:
    """The greedy answer of ``steps``, worked out here."""
    repeat, presence = options.get("repeat_penalty", 1.0), options.get("presence_penalty", 0.0)
    frequency, last = options.get("frequency_penalty", 0.0), int(options.get("repeat_last_n", 64))
    seen = list(prompt)
    for _ in range(count):
        window = Counter(seen if last == -1 else seen[-last:] if last else [])
        logits = {A: 3.0, B: 2.0, C: 1.0, D: -1.0}
        for token, times in window.items():
            if token in logits:
                logits[token] = logits[token] / repeat if logits[token] > 0 else logits[token] * repeat
                logits[token] -= times * frequency + presence
        seen.append(max(logits, key=lambda token: logits[token]))
    return seen[len(prompt) :]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"repeat_penalty": 4.0},
        {"repeat_penalty": 4.0, "repeat_last_n": 0},
        {"repeat_penalty": 4.0, "repeat_last_n": 2},
        {"repeat_penalty": 4.0, "repeat_last_n": -1},
        {"presence_penalty": 1.5},
        {"presence_penalty": 9.0, "repeat_last_n": 1},
        {"frequency_penalty": 0.37},
        {"frequency_penalty": 0.37, "repeat_last_n": 3},
        {"frequency_penalty": 0.29, "repeat_last_n": -1},
        {"repeat_penalty": 1.3, "presence_penalty": 0.35, "frequency_penalty": 0.15, "repeat_last_n": 5},
    ],
)
def test_penalties_count_the_last_tokens_and_the_prompt(steps: Engine, options: dict[str, float]) -> None:
    prompt = [tiny.BOS, A, A, B]
    count = 25
    tokens, _ = answer(steps, prompt, temperature=0, num_predict=count, **options)
    assert [token.id for token in tokens] == penalized(prompt, count, **options)


NEWLINE = b"\n"[0]


@pytest.mark.parametrize(("penalize", "expected"), [(True, [NEWLINE, A, B, NEWLINE]), (False, [NEWLINE] * 4)])
def test_penalize_newline_false_lets_lines_end_as_often_as_they_like(models: Path, penalize: bool, expected: list[int]) -> None:
    row = {NEWLINE: 3.0, A: 2.9, B: 2.8}
    with running(tiny.markov(models / "lines.gguf", dict.fromkeys((tiny.BOS, NEWLINE, A, B), row))) as engine:
        options = {"temperature": 0, "presence_penalty": 0.5, "repeat_last_n": 2, "penalize_newline": penalize}
        assert [token.id for token in answer(engine, "", num_predict=4, **options)[0]] == expected


@pytest.mark.parametrize(
    "options",
    [
        {"repeat_penalty": 0.0}, {"repeat_penalty": -1.0}, {"temperature": math.inf}, {"temperature": math.nan},
        {"presence_penalty": math.nan}, {"mirostat": 3}, {"mirostat": 2, "mirostat_tau": math.inf}, {"top_k": 1 << 40},
        {"repeat_last_n": 1 << 30}, {"tfs_z": 2}, {"min_p": -1}, {"typical_p": "much"},
    ],
)  # fmt: skip
def test_values_that_native_code_would_die_of_are_refused(dice: Engine, options: dict[str, float]) -> None:
    with pytest.raises(OptionError) as caught:
        answer(dice, "", **options)
    assert caught.value.option == list(options)[-1]
    assert answer(dice, "", num_predict=1)[1].eval_count == 1


@pytest.mark.parametrize(("seed", "used"), [(0, 0), (7, 7), ((1 << 31) - 1, (1 << 31) - 1), (-2, 0xFFFFFFFE), (1 << 32, 0)])
def test_any_whole_number_is_a_seed(dice: Engine, seed: int, used: int) -> None:
    assert answer(dice, "", num_predict=1, seed=seed)[1].seed == used
