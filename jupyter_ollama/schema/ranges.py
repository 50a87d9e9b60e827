"""Ranges of whole numbers as rules in GBNF: digit by digit, so that a range of a million takes a few dozen of characters."""

from __future__ import annotations

from collections.abc import Iterator

MAX_DIGITS = 16
"""The longest number of a range without an end; as long as the grammars of llama_cpp.llama_grammar let any number be."""


def whole_numbers(least: int | None, most: int | None) -> str:
    """The rule for the whole numbers from ``least`` to ``most``; None: there is no such end.

    >>> whole_numbers(8, 120)
    '([8-9] | [1-9] [0-9] | "1" ([0-1] [0-9] | "2" "0"))'
    """
    limit = 10**MAX_DIGITS - 1
    low, high = -limit if least is None else least, limit if most is None else most
    arms = list(_natural(max(low, 0), high)) if high >= 0 else []
    if low < 0:
        arms += [f'"-" ({" | ".join(_natural(max(1, -high), -low))})']
    return f"({' | '.join(arms)})"


def _natural(low: int, high: int) -> Iterator[str]:
    """One rule for each count of digits."""
    for digits in range(len(str(low)), len(str(high)) + 1):
        first = 0 if digits == 1 else 10 ** (digits - 1)
        yield _digits(str(max(low, first)), str(min(high, 10**digits - 1)))


def _digits(low: str, high: str) -> str:
    """The rule for the numbers between two of the same length."""
    rest = len(low) - 1
    if low[0] == high[0]:
        return f'"{low[0]}"' + (f" {_digits(low[1:], high[1:])}" if rest else "")
    arms, first, last = [], int(low[0]), int(high[0])
    if low[1:].strip("0"):
        arms.append(f'"{first}" {_digits(low[1:], "9" * rest)}')
        first += 1
    end = ""
    if high[1:].strip("9"):
        end = f'"{last}" {_digits("0" * rest, high[1:])}'
        last -= 1
    if first <= last:
        arms.append((f"[{first}-{last}]" if first < last else f'"{first}"') + (f" [0-9]{{{rest},{rest}}}" if rest > 1 else " [0-9]" * rest))
    arms += [end] if end else []
    return arms[0] if len(arms) == 1 else f"({' | '.join(arms)})"
