"""Neighbouring events as one: texts are joined, of one step only the last state stays. Linear, however long an answer is."""

from __future__ import annotations

from collections.abc import Container, Iterable
from itertools import chain

from .events import Chunk, Event, Progress

Numbered = tuple[int, Event]


def joined(events: Iterable[Event]) -> list[Event]:
    """Events that say the same, but fewer."""
    return [event for _, event in fold(((0, event) for event in events), ())]


def fold(numbered: Iterable[Numbered], borders: Container[int]) -> list[Numbered]:
    """Join neighbours, except across the events whose numbers are ``borders``; what was joined has the number of its last."""
    folded: list[Numbered] = []
    group: list[Event] = []
    last = -1
    for number, event in numbered:
        if group and (last in borders or not _alike(group[-1], event)):
            folded.append((last, _one(group)))
            group = []
        group.append(event)
        last = number
    if group:
        folded.append((last, _one(group)))
    return folded


def _alike(first: Event, second: Event) -> bool:
    if isinstance(first, Chunk):
        return isinstance(second, Chunk)
    return isinstance(first, Progress) and isinstance(second, Progress) and first.key == second.key


def _one(group: list[Event]) -> Event:
    chunks = [event for event in group if isinstance(event, Chunk)]
    if len(chunks) < 2:
        return group[-1]
    return Chunk(
        "".join(chunk.content for chunk in chunks),
        "".join(chunk.thinking for chunk in chunks),
        tuple(chain.from_iterable(chunk.tool_calls for chunk in chunks)),
    )
