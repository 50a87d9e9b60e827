"""A template beside the prompt that it became: each place in the colour of what was printed there, with its value in the tooltip.

What was not taken is dim, and folded where it is long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ..pieces import STYLES, Piece
from ..prompts import RenderedPrompt, TemplatePlace
from .markup import element, wrap
from .tables import spelled

MOST_PLACES = 3000
"""What comes behind them is shown as text."""
_FOLDED_LINES = 6
_MOST_VALUES, _LONGEST_VALUE, _LONGEST_LABEL = 8, 120, 60


def template_html(prompt: RenderedPrompt) -> str:
    """The template, coloured."""
    shown = list(zip(prompt.places, _highlighted(prompt), strict=True))[:MOST_PLACES]
    origins = _origins(prompt)
    made: list[str] = []
    start = 0
    while start < len(shown):
        taken = shown[start][0].taken != 0
        end = next((at for at in range(start, len(shown)) if (shown[at][0].taken != 0) != taken), len(shown))
        inner = "".join(_place(place, pieces, origins.get(start + at, ())) for at, (place, pieces) in enumerate(shown[start:end]))
        made.append(inner if taken else _skipped("".join(place.text for place, _ in shown[start:end]), inner))
        start = end
    rest = "".join(place.text for place in prompt.places[MOST_PLACES:])
    return wrap("pre", "".join(made) + escape(spelled(rest)), "prompt template")


def label(place: TemplatePlace) -> str:
    """A place in one short line."""
    text = " ".join(spelled(place.text).split())
    return text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL]}..."


def _highlighted(prompt: RenderedPrompt) -> Iterator[Sequence[Piece]]:
    """For each place its text with its parts named."""
    whole = "".join(place.text for place in prompt.places)
    pieces: list[Piece] = list(reversed(prompt.pieces)) if "".join(piece.text for piece in prompt.pieces) == whole else []
    for place in prompt.places:
        found, missing = [], len(place.text)
        while pieces and missing:
            style, text = pieces.pop()
            found.append(Piece(style, text[:missing]))
            if len(text) > missing:
                pieces.append(Piece(style, text[missing:]))
            missing -= len(found[-1].text)
        yield found or [Piece("plain", place.text)]


def _origins(prompt: RenderedPrompt) -> dict[int, tuple[str, ...]]:
    """What each place that prints a value became, most of it first; its own text besides does not count."""
    found: dict[int, dict[str, int]] = {}
    for part in prompt.parts:
        if part.place is not None and part.origin != "template" and prompt.places[part.place].kind == "value":
            counted = found.setdefault(part.place, {})
            counted[part.origin] = counted.get(part.origin, 0) + len(part.text)
    return {place: tuple(sorted(counted, key=lambda origin: -counted[origin])) for place, counted in found.items()}


def _place(place: TemplatePlace, pieces: Sequence[Piece], origins: Sequence[str]) -> str:
    inner = "".join(
        element("span", spelled(text), f"style-{style}") if style in STYLES[1:] else escape(spelled(text)) for style, text in pieces
    )
    if place.kind != "value" or not place.taken:
        return inner
    if len(origins) < 2:
        return wrap("span", inner, f"value-place origin-{origins[0]}" if origins else "value-place", _title(place))
    share = 100 / len(origins)
    bands = ", ".join(f"rgb(var(--origin-{one})) {number * share:.0f}% {(number + 1) * share:.0f}%" for number, one in enumerate(origins))
    span = wrap("span", inner, "value-place several", _title(place))
    return span.replace("<span", f'<span style="background-image: linear-gradient(90deg, {bands})"', 1)


def _title(place: TemplatePlace) -> str:
    """What was printed, each time."""
    times = f"{len(place.values):,} times:\n" if len(place.values) > 1 else ""
    shown = [repr(one if len(one) <= _LONGEST_VALUE else f"{one[:_LONGEST_VALUE]}...") for one in place.values[:_MOST_VALUES]]
    more = f"\n... and {len(place.values) - _MOST_VALUES:,} more" if len(place.values) > _MOST_VALUES else ""
    return f"line {place.line}, {times}" + spelled("\n".join(shown)) + more


def _skipped(text: str, inner: str) -> str:
    lines = text.count("\n")
    if lines < _FOLDED_LINES:
        return wrap("span", inner, "untaken", "not taken")
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")[:_LONGEST_LABEL]
    summary = element("summary", f"{lines:,} lines that were not taken: {spelled(first)} ...")
    return wrap("details", summary + wrap("span", inner, "untaken"), "skipped")
