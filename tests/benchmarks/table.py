"""Rows of a benchmark, and how they are printed: always a ratio against a named reference measured in the same run."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison. ``ratio`` is in the direction the ``goal`` names; ``detail`` holds the measured values."""

    what: str
    reference: str
    ratio: float
    goal: str
    detail: str = ""


def pairs(first: Callable[[], float], second: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Medians of two measurements taken in turns, so that a busy moment of the machine hits both."""
    both = [(first(), second()) for _ in range(rounds)]
    return statistics.median(one for one, _ in both), statistics.median(two for _, two in both)


def print_table(rows: Iterable[Row]) -> None:
    """One line a row, in columns."""
    cells = [("WHAT", "REFERENCE", "RATIO", "GOAL", "MEASURED")]
    cells += [(row.what, row.reference, f"{row.ratio:.2f}", row.goal, row.detail) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    for line in cells:
        print("   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
