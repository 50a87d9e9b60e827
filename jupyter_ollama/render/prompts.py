"""A prompt taken apart: its text in colours that say where each piece comes from, its tokens in the tooltips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ..prompts import ORIGINS, PromptToken, RenderedPrompt
from .markup import element, folded, page, preformatted, wrap
from .tables import table, visible
from .text import plain
from .views import coloured, html

_WORDS = {
    "template": "template", "system": "SYSTEM", "message": "MESSAGE", "history": "earlier turns", "turn": "this turn", "tools": "tools",
}  # fmt: skip
_MOST_TOKENS = 4000


@plain.register
def _(prompt: RenderedPrompt, *, verbose: bool = False) -> str:
    rows = [(_WORDS[part.origin], part.role, repr(part.text)[1:-1]) for part in prompt.parts]
    return "\n".join([_sum(prompt), "", table(("FROM", "ROLE", "TEXT"), rows), *_notes(prompt)])


@html.register
def _(prompt: RenderedPrompt) -> str:
    used = {part.origin for part in prompt.parts}
    legend = "".join(element("span", _WORDS[one], f"badge origin-{one}") for one in ORIGINS if one in used)
    text = wrap("div", wrap("pre", "".join(_spans(prompt)), "prompt"))
    template = wrap("div", folded(f"Template ({prompt.kind})", coloured(prompt.pieces) if prompt.pieces else preformatted(prompt.template)))
    notes = "".join(element("div", note, "warning") for note in _notes(prompt))
    left_out = "\n".join(f"{one.role}: {one.content}" for one in prompt.left_out)
    return page(
        element("strong", prompt.model) + " " + element("span", _size(prompt), "quiet"), f"<div>{legend}</div>",
        text, _stops_html(prompt), notes, folded(f"{len(prompt.left_out)} messages left out", preformatted(left_out)), template,
    )  # fmt: skip


def _sum(prompt: RenderedPrompt) -> str:
    ends = [*map(repr, prompt.stops), *prompt.ends]
    return _size(prompt) + (f" · stops at {', '.join(ends)}" if ends else "")


def _size(prompt: RenderedPrompt) -> str:
    return f"{len(prompt.tokens):,} tokens of {prompt.n_ctx:,}"


def _stops_html(prompt: RenderedPrompt) -> str:
    """What ends the answer: texts (PARAMETER stop) and the model's own tokens."""
    texts = "".join(element("code", repr(one), "badge", "a text of PARAMETER stop") for one in prompt.stops)
    tokens = "".join(element("code", visible(one), "badge", "a token that ends the answer") for one in prompt.ends)
    return wrap("div", f"The answer stops at {texts}{tokens}", "stops") if texts or tokens else ""


def _notes(prompt: RenderedPrompt) -> list[str]:
    notes = []
    if prompt.left_out:
        notes.append(f"{len(prompt.left_out)} earlier messages do not fit the context and are left out.")
    if prompt.cut_tokens:
        notes.append(f"{prompt.cut_tokens:,} tokens are cut out of the middle: even the last message does not fit the context.")
    if not prompt.traced:
        notes.append("This template changes what it is given, so it cannot be told where its pieces come from.")
    return notes


def _spans(prompt: RenderedPrompt) -> Iterator[str]:
    if prompt.cut_tokens or any(token.part is None for token in prompt.tokens if token.piece):
        tokens: Sequence[PromptToken] = ()
    else:
        tokens = prompt.tokens[:_MOST_TOKENS]
    if not tokens:
        for part in prompt.parts:
            yield element("span", visible(part.text), f"origin-{part.origin}")
        return
    for ids, piece, number in _characters(tokens):
        origin = prompt.parts[number].origin if number is not None else "template"
        shown = visible(piece.decode("utf-8", "replace"))
        yield element("span", shown.replace("\n", "↵\n"), f"origin-{origin} token", f"{', '.join(map(str, ids))}  {shown!r}")
    if len(prompt.tokens) > _MOST_TOKENS:
        yield escape(f"\n... and {len(prompt.tokens) - _MOST_TOKENS:,} tokens more")


def _characters(tokens: Sequence[PromptToken]) -> Iterator[tuple[list[int], bytes, int | None]]:
    """Tokens, those together that share a character."""
    ids: list[int] = []
    piece, part = b"", None
    for token in tokens:
        part = token.part if not ids else part
        ids.append(token.id)
        piece += token.piece
        if len(ids) >= 8 or _is_whole(piece):
            yield ids, piece, part
            ids, piece = [], b""
    if ids:
        yield ids, piece, part


def _is_whole(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True
