"""Rows of a benchmark, and how they are printed: always a ratio against a named reference measured in the same run."""

from __future__ import annotations

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
    """Two measurements taken in turns, so that a busy moment of the machine hits both: the pair whose ratio is the median."""
    both = sorted(((first(), second()) for _ in range(rounds)), key=lambda pair: pair[0] / pair[1])
    return both[(rounds - 1) // 2]


def print_table(rows: Iterable[Row]) -> None:
    """One line a row, in columns."""
    cells = [("WHAT", "REFERENCE", "RATIO", "GOAL", "MEASURED")]
    cells += [(row.what, row.reference, f"{row.ratio:.2f}", row.goal, row.detail) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    for line in cells:
        print("   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
