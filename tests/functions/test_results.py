"""What a function returns as the text that the model is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama.functions import as_text
from jupyter_ollama.functions.results import LONGEST

from .test_describe import Place, Point, Unit


class Model:
    """Like a pydantic model."""

    def model_dump(self, mode: str) -> dict[str, str]:
        return {"mode": mode}


class Frame:
    """Like a table of pandas: it has a shape, but its text says more than its numbers."""

    shape, columns = (1, 1), ["a"]

    def tolist(self) -> list[int]:
        return [1]

    def __str__(self) -> str:
        return "   a\n0  1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("rain", "rain"),
        ("", ""),
        (None, "null"),
        (True, "true"),
        (2.5, "2.5"),
        ({"a": [1, "ü"]}, '{"a": [1, "ü"]}'),
        ((1, 2), "[1, 2]"),
        ({3, 1}, "[1, 3]"),
        (Unit.CELSIUS, '"celsius"'),
        (Place("Rome"), '{"name": "Rome", "at": [0.0, 0.0], "tags": [], "height": 0, "hidden": 0}'),
        ([Point(1)], "[[1, 0]]"),
        (dt.date(2026, 1, 31), '"2026-01-31"'),
        (Path("a"), '"a"'),
        (np.float32(1.5), "1.5"),
        (np.arange(3), "[0, 1, 2]"),
        (Model(), '{"mode": "json"}'),
        ({(1, 2): 3}, "{(1, 2): 3}"),
        ("\ud800", "?"),
    ],
)
def test_a_value_as_the_model_is_told_it(value: Any, text: str) -> None:
    assert as_text(value) == text


def test_a_table_is_told_as_it_is_printed() -> None:
    assert "a\\n0  1" in as_text(Frame())


def test_a_circle_is_told_by_its_own_text() -> None:
    circle: list[Any] = []
    circle.append(circle)
    assert as_text(circle) == "[[...]]"


def test_a_long_result_is_cut_and_says_so() -> None:
    text = as_text("x" * (LONGEST + 1))
    assert text.startswith("x" * LONGEST + "\n[cut: 32,001 characters")
    assert len(text) < LONGEST + 100
