"""Texts that are beginnings of each other: one evaluation of the longest tells what follows all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Tokens = tuple[int, ...]
FLOATS_AT_ONCE = 1 << 22
"""Log-probabilities in one answer of an engine process: 16 MB."""


def groups(texts: Iterable[Tokens], most: int) -> Iterator[list[Tokens]]:
    """Each text once, together with those that begin as it does, the longest of a group last.

    Args:
        most: texts of a group.
    """
    group: list[Tokens] = []
    for text in sorted(set(texts), reverse=True):  # a beginning comes right behind what it begins
        if group and (len(group) == most or not text or group[-1][: len(text)] != text):
            yield group[::-1]
            group = []
        group.append(text)
    if group:
        yield group[::-1]
