"""Ranges of whole numbers as grammars: exactly the numbers of the range, written without zeros before them."""

from __future__ import annotations

import random

import pytest

from jupyter_ollama.schema import whole_numbers

from .gbnf import accepts

RANGES = [(0, 0), (1, 5), (8, 120), (-3, 3), (-120, -8), (0, 9), (9, 10), (99, 101), (1900, 2100), (-1000, 1000), (7, 7), (-7, -7), (0, 10**6)]
NUMBERS = [*range(-130, 131), 999, 1000, 1001, -999, -1000, -1001, 1899, 1900, 2099, 2100, 2101, 10**6, 10**6 + 1, 123_456, 10**15, -(10**15)]


@pytest.mark.parametrize(("least", "most"), [*RANGES, (None, 5), (5, None), (None, -5), (-5, None), (None, None)])
def test_a_rule_accepts_the_numbers_of_the_range_and_no_others(least: int | None, most: int | None) -> None:
    rule = whole_numbers(least, most)

    for number in NUMBERS:
        within = (least is None or number >= least) and (most is None or number <= most)
        assert within == accepts(rule, str(number)), (number, rule)
    for text in ("", "-", "-0", "00", "01", "1.0", "+1"):
        assert not accepts(rule, text)


def test_any_range_of_any_size() -> None:
    dice = random.Random(5)
    for _ in range(300):
        least, most = sorted(dice.choice((1, -1)) * dice.randrange(10 ** dice.randint(1, 9)) for _ in range(2))
        rule = whole_numbers(least, most)
        for number in (least, most, dice.randint(least, most), (least + most) // 2):
            assert accepts(rule, str(number)), (number, rule)
        for number in (least - 1, most + 1, least - dice.randint(1, 10**6), most + dice.randint(1, 10**6)):
            assert not accepts(rule, str(number)), (number, rule)
