"""What of a conversation fits the context: messages are left out from the front until the prompt is short enough. Pure functions.

All system messages stay, and the last message does. Going through the conversation one message at a time, as Ollama does, would
render and count a long one hundreds of times; the search below finds the same place with a handful of prompts. It takes the count to
grow with every message that is kept, give or take ``SLACK`` tokens; a template may also refuse a beginning (an assistant's turn, say),
and then the next one is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ..errors import TemplateError
from ..messages import Message

SLACK = 64
"""Tokens by which a prompt may become shorter although it has one message more: merged turns, words that join at their edges."""

Render = Callable[[Sequence[Message]], str]
Tokenize = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A prompt, its tokens (more than the context holds, if even the shortest prompt is too long), and how many messages it lacks."""

    prompt: str
    tokens: list[int]
    left_out: int = 0


def fit(messages: Sequence[Message], render: Render, tokenize: Tokenize, n_ctx: int) -> Fitted:
    """The prompt of the longest conversation of at most ``n_ctx`` tokens. One that fits as it is, is tokenized once.

    Raises: TemplateError when the template refuses the whole conversation; other errors of ``render`` and ``tokenize``.
    """
    conversations = beginnings(messages)

    def fitted(left_out: int) -> Fitted:
        prompt = render(conversations(left_out))
        return Fitted(prompt, tokenize(prompt), left_out)

    whole = fitted(0)
    if len(whole.tokens) <= n_ctx:
        return whole

    @cache
    def attempt(left_out: int) -> Fitted | None:
        try:
            return fitted(left_out)
        except TemplateError:
            return None

    most = sum(one.role != "system" for one in messages[:-1])
    found = _first(attempt, range(1, most + 1), n_ctx)
    if found is not None:
        return found
    return next(filter(None, map(attempt, range(most, 0, -1))), whole)


def beginnings(messages: Sequence[Message]) -> Callable[[int], list[Message]]:
    """A function that leaves out so many messages: the first ones, but system messages are not counted and stay."""
    others = [place for place, one in enumerate(messages) if one.role != "system"]

    def without(left_out: int) -> list[Message]:
        start = others[left_out - 1] + 1 if left_out else 0
        return [*(one for one in messages[:start] if one.role == "system"), *messages[start:]]

    return without


def _first(attempt: Callable[[int], Fitted | None], places: range, n_ctx: int) -> Fitted | None:
    """The first attempt that fits. By halves, then back over those that are only a little too long."""

    def stand_in(place: int) -> Fitted | None:
        return next(filter(None, map(attempt, range(place, places.stop))), None)

    low, high = places.start, places.stop
    while low < high:
        middle = (low + high) // 2
        tried = stand_in(middle)
        if tried is None or len(tried.tokens) <= n_ctx:
            high = middle
        else:
            low = tried.left_out + 1
    best = stand_in(low)
    for place in range(low - 1, places.start - 1, -1):
        tried = attempt(place)
        if tried is not None and len(tried.tokens) <= n_ctx:
            best = tried
        elif tried is not None and len(tried.tokens) > n_ctx + SLACK:
            break
    return best


def cut(tokens: Sequence[int], n_ctx: int, n_keep: int) -> list[int]:
    """A prompt that is too long by itself, about half a context long: its first ``n_keep`` tokens and its end.

    Source: Ollama's runner; 4096 tokens of context and 4 kept make 2050.
    """
    if len(tokens) <= n_ctx:
        return list(tokens)
    head, room = head_and_room(n_ctx, n_keep)
    return [*tokens[:head], *tokens[len(tokens) - (room - head) :]]


def head_and_room(n_ctx: int, n_keep: int) -> tuple[int, int]:
    """When a context is full: how many of its first tokens stay, and how many tokens in all. Less than none is none."""
    head = max(min(n_keep, n_ctx - 2), 0)
    return head, n_ctx - max((n_ctx - head) // 2, 1)
