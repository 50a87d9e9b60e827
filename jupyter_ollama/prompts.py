"""A prompt taken apart: where each piece of its text comes from, and the tokens it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .messages import Message
from .pieces import Pieces
from .shown import Shown

ORIGINS = ("template", "system", "message", "history", "turn", "tools", "variable")


@dataclass(frozen=True, slots=True)
class PromptPart:
    """A piece of a prompt.

    ``origin``: ``template`` (its own text), ``system`` (the SYSTEM of the model or of the caller), ``message`` (a MESSAGE of the model),
    ``history`` (earlier turns), ``turn`` (the last message), ``tools`` (what describes tools), ``variable`` (what else the template looked
    up: roles, dates). ``role`` is that of the message. ``place`` is the number of the place of the template that wrote it, None if that
    cannot be told.
    """

    origin: str
    text: str
    role: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class TemplatePlace:
    """A piece of a template; all of them together are its text.

    ``kind``: ``text`` (printed as it stands), ``value`` (something else is printed for it), ``tag`` (steers). ``line`` is where it begins,
    from 1. ``taken``: how often the rendering came by, None if that cannot be told. ``values``: what was printed for a value, each time.
    """

    kind: str
    text: str
    line: int
    taken: int | None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptToken:
    """A token of a prompt: ``piece`` are its bytes (a special token's name), ``part`` the number of the part it begins in, or None."""

    id: int
    piece: bytes
    part: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RenderedPrompt(Shown):
    """What a model would be given for a conversation. ``text`` is that of all parts.

    Args:
        kind: of the template: ``go`` or ``jinja``; ``template`` is its text.
        left_out: messages for which there was no room in the context.
        cut_tokens: tokens that were taken out of the middle, because even the last message is too long; ``tokens`` lacks them, ``parts``
            does not.
        stops: texts that end the answer; ``ends`` are the tokens that end it, by their names.
        pieces: the template's text with its parts named.
        places: the same cut into what prints and what steers, with what became of each.
        traced: whether the parts are sure; a template that changes what it is given leaves everything to ``template``.
    """

    model: str
    kind: str
    template: str = field(repr=False)
    parts: tuple[PromptPart, ...]
    tokens: Sequence[PromptToken] = field(repr=False)
    left_out: tuple[Message, ...]
    cut_tokens: int
    stops: tuple[str, ...]
    n_ctx: int
    traced: bool
    ends: tuple[str, ...] = ()
    pieces: Pieces = field(default=(), repr=False)
    places: tuple[TemplatePlace, ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)
