"""A prompt taken apart: its text in colours that say where each piece comes from, its tokens in the tooltips, beside the template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ..prompts import ORIGINS, PromptPart, PromptToken, RenderedPrompt
from .markup import element, folded, page, preformatted, wrap
from .markup import table as html_table
from .tables import spelled, table
from .templates import label, template_html
from .text import plain
from .views import html

_WORDS = {
    "template": "template", "system": "SYSTEM", "message": "MESSAGE", "history": "earlier turns", "turn": "this turn", "tools": "tools",
    "variable": "other variables",
}  # fmt: skip
_MOST_TOKENS = 4000
_MOST_ROWS = 200
_HEADER = ("FROM", "ROLE", "TEXT", "WRITTEN BY")
_SEEN = (
    "Each value in the template has the colour of what it became in the prompt (several: stripes below it) and tells it when the pointer "
    "rests on it."
)


@plain.register
def _(prompt: RenderedPrompt, *, verbose: bool = False) -> str:
    return "\n".join([_sum(prompt), "", table(_HEADER, [*_rows(prompt)]), *_notes(prompt)])


@html.register
def _(prompt: RenderedPrompt) -> str:
    used = {part.origin for part in prompt.parts}
    legend = "".join(element("span", _WORDS[one], f"badge origin-{one}") for one in ORIGINS if one in used)
    if any(place.taken == 0 for place in prompt.places):
        legend += element("span", "not taken", "badge untaken")
    traced = any(place.taken for place in prompt.places)
    left = wrap("div", element("h4", f"Template ({prompt.kind})") + template_html(prompt))
    right = wrap("div", element("h4", "Prompt") + wrap("pre", "".join(_spans(prompt)), "prompt"))
    notes = "".join(element("div", note, "warning") for note in _notes(prompt))
    left_out = "\n".join(f"{one.role}: {one.content}" for one in prompt.left_out)
    rows = [(element("span", name, f"badge origin-{origin}"), escape(role), element("code", spelled(text)), element("code", by))
            for (name, role, text, by), origin in zip(_rows(prompt), (part.origin for part in _gathered(prompt)), strict=True)]  # fmt: skip
    return page(
        element("strong", prompt.model) + " " + element("span", _size(prompt), "quiet"), wrap("div", legend),
        element("div", _SEEN, "legend quiet wide") if traced else "", wrap("div", left + right, "sides"), _stops_html(prompt), notes,
        folded(f"{len(prompt.left_out)} messages left out", preformatted(left_out)),
        folded("The same as a table", html_table(_HEADER, rows)),
    )  # fmt: skip


def _gathered(prompt: RenderedPrompt) -> list[PromptPart]:
    """The parts, where several of the template's own that follow each other are one; the first of them."""
    parts: list[PromptPart] = []
    for part in prompt.parts:
        if parts and part.origin == parts[-1].origin == "template":
            parts[-1] = PromptPart("template", parts[-1].text + part.text)
        else:
            parts.append(part)
    return parts[:_MOST_ROWS]


def _rows(prompt: RenderedPrompt) -> Iterator[tuple[str, str, str, str]]:
    """The parts in words, with the place of the template that wrote what is not its own text."""
    for part in _gathered(prompt):
        by = "" if part.origin == "template" or part.place is None else label(prompt.places[part.place])
        yield _WORDS[part.origin], part.role, repr(part.text)[1:-1], by


def _sum(prompt: RenderedPrompt) -> str:
    ends = [*map(repr, prompt.stops), *prompt.ends]
    return _size(prompt) + (f" · stops at {', '.join(ends)}" if ends else "")


def _size(prompt: RenderedPrompt) -> str:
    return f"{len(prompt.tokens):,} tokens of {prompt.n_ctx:,}"


def _stops_html(prompt: RenderedPrompt) -> str:
    """What ends the answer: texts (PARAMETER stop) and the model's own tokens."""
    texts = "".join(element("code", repr(one), "badge", "a text of PARAMETER stop") for one in prompt.stops)
    tokens = "".join(element("code", spelled(one), "badge", "a token that ends the answer") for one in prompt.ends)
    return wrap("div", f"The answer stops at {texts}{tokens}", "stops") if texts or tokens else ""


def _notes(prompt: RenderedPrompt) -> list[str]:
    notes = []
    if prompt.left_out:
        notes.append(f"{len(prompt.left_out)} earlier messages do not fit the context and are left out.")
    if prompt.cut_tokens:
        notes.append(f"{prompt.cut_tokens:,} tokens are cut out of the middle: even the last message does not fit the context.")
    if not prompt.traced:
        notes.append("This template looks at what it is given so closely that it cannot be told which message each piece comes from.")
    return notes


def _spans(prompt: RenderedPrompt) -> Iterator[str]:
    if prompt.cut_tokens or any(token.part is None for token in prompt.tokens if token.piece):
        tokens: Sequence[PromptToken] = ()
    else:
        tokens = prompt.tokens[:_MOST_TOKENS]
    if not tokens:
        for part in prompt.parts:
            yield element("span", spelled(part.text), f"origin-{part.origin}")
        return
    for ids, piece, number in _characters(tokens):
        part = prompt.parts[number] if number is not None else PromptPart("template", "")
        shown = spelled(piece.decode("utf-8", "replace"))
        by = f"\nwritten by {label(prompt.places[part.place])}" if part.place is not None and part.origin != "template" else ""
        yield element("span", shown.replace("\n", "↵\n"), f"origin-{part.origin} token", f"{', '.join(map(str, ids))}  {shown!r}{by}")
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
