"""How much of a prompt a step takes."""

from __future__ import annotations

import pytest

from jupyter_ollama.engine.worker.pace import BESIDE_ANSWERS_S, Pace


def test_a_prompt_alone_is_always_cut_in_the_same_places() -> None:
    pace = Pace(512, 128)
    for seconds in (0.001, 1.0, 60.0):
        pace.took(128, seconds)
        assert pace.chunk(beside_answers=False) == 128


@pytest.mark.parametrize(("token_s", "size"), [(1e-6, 512), (BESIDE_ANSWERS_S / 100, 100), (BESIDE_ANSWERS_S / 20, 20), (1.0, 16)])
def test_beside_answers_it_is_as_much_as_the_machine_does_in_time(token_s: float, size: int) -> None:
    pace = Pace(512, 512)
    for _ in range(30):
        pace.took(64, 64 * token_s)
    assert abs(pace.chunk(beside_answers=True) - size) <= 1


def test_steps_with_few_prompt_tokens_say_nothing() -> None:
    pace = Pace(512, 512)
    before = pace.chunk(beside_answers=True)
    pace.took(3, 100.0)
    assert pace.chunk(beside_answers=True) == before


def test_no_step_is_larger_than_a_batch_may_be() -> None:
    assert Pace(8, 8).chunk(beside_answers=True) == 8
