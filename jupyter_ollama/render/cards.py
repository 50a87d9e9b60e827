"""Cards, Modelfiles, and values that are displayed as their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from enum import Enum
from html import escape
from typing import Any

from ..cards import Card, Recipe, Table
from ..events import Progress
from ..models import LayerInfo
from ..shown import Fields
from .markup import digest, element, facts, folded, grid, page, preformatted, section, wrap
from .markup import table as html_table
from .numbers import human_bytes, human_time
from .tables import table, visible, width
from .text import metadata_rows, plain
from .views import html, layer_table

Rows = list[tuple[str, str]]
_LONGEST_LINE = 300


@plain.register
def _(card: Card, *, verbose: bool = False) -> str:
    head = " · ".join(part for part in (card.title, card.about, _short(card.digest), _bytes(card.size_bytes)) if part)
    return "\n".join([visible(head), *_aligned([*_rows(card.rows), *map(_layer_row, card.layers)])])


@html.register
def _(card: Card) -> str:
    quiet = [escape(card.about), digest(card.digest) if card.digest else "", escape(_bytes(card.size_bytes))]
    return page(
        f'{element("strong", card.title)} <span class="quiet">{" · ".join(part for part in quiet if part)}</span>',
        _facts(_rows(card.rows)),
        section("Layers", layer_table(card.layers)),
        *(folded(title, _fold(held)) for title, held in card.folds.items()),
    )


@plain.register
def _(value: Table, *, verbose: bool = False) -> str:
    rows = [tuple(map(_one_line, row)) for row in value.rows]
    return "\n".join([visible(value.title), table([*map(visible, value.header)], rows), *_rest(value)])


@html.register
def _(value: Table) -> str:
    rows = [tuple(map(escape, map(_one_line, row))) for row in value.rows]
    rest = "".join(element("p", line, "quiet") for line in _rest(value))
    return page(element("strong", value.title), html_table(value.header, rows, value.numbers), rest)


@plain.register
def _(value: Fields, *, verbose: bool = False) -> str:
    return "\n".join([type(value).__name__, *_aligned(_field_rows(value))])


@html.register
def _(value: Fields) -> str:
    return page(element("strong", type(value).__name__), _facts(_field_rows(value)))


@plain.register
def _(step: Progress, *, verbose: bool = False) -> str:
    return _one_line(" · ".join(part for part in (step.status, _measure(step)) if part))


@html.register
def _(step: Progress) -> str:
    return page(escape(step.status), element("span", f" {_measure(step)}", "quiet"))


@plain.register
def _(recipe: Recipe, *, verbose: bool = False) -> str:
    return visible("\n".join([*recipe.instructions, *(f"Warning: {warning}" for warning in recipe.warnings)]))


@html.register
def _(recipe: Recipe) -> str:
    return page(*recipe_parts(recipe))


def recipe_parts(recipe: Recipe) -> list[str]:
    """The instructions with colours, and the warnings, as parts of a page."""
    return [
        wrap("pre", "\n".join(map(_instruction, recipe.instructions))) if recipe.instructions else element("p", "Nothing yet.", "quiet"),
        *(element("div", warning, "warning") for warning in recipe.warnings),
    ]


def _rest(value: Table) -> list[str]:
    """What the table does not show."""
    missing = value.total - len(value.rows)
    return [visible(f"... and {missing:,} more. {value.hint}".rstrip())] if missing > 0 else []


def _measure(step: Progress) -> str:
    return f"{human_bytes(step.completed)} of {human_bytes(step.total)}" if step.completed is not None and step.total else ""


def _instruction(line: str) -> str:
    """One instruction: keyword, name or role, value."""
    keyword, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ") if keyword in ("PARAMETER", "MESSAGE") else ("", "", rest)
    parts = [element("span", keyword, "keyword"), element("span", name, "name") if name else "", element("span", value, "value")]
    return " ".join(part for part in parts if part)


def _rows(rows: Mapping[str, str | int | None]) -> Rows:
    return [(label, f"{held:,}" if isinstance(held, int) else held) for label, held in rows.items() if held not in (None, "")]


def _field_rows(value: Any) -> Rows:
    """The fields of a dataclass that have something in them, each as people read its kind."""
    held = ((field, getattr(value, field.name)) for field in fields(value))
    return [(_label(field.name), _field_text(field.name, one)) for field, one in held if one or (one == 0 and field.default != 0)]


def _label(name: str) -> str:
    return name.removesuffix("_bytes").removesuffix("_at").replace("_", " ")


def _field_text(name: str, held: Any) -> str:
    """Units are in the names: bytes, nanoseconds of a duration, the time of an event."""
    if isinstance(held, datetime):
        return human_time(held)
    if isinstance(held, Enum):
        return held.name
    if isinstance(held, bool) or not isinstance(held, int | float):
        return _joined(held)
    if name.endswith("_bytes") or name in ("size", "nbytes"):
        return human_bytes(int(held))
    return f"{held / 1e9:.2f} s" if name.endswith("_duration") else f"{held:,}"


def _joined(held: Any) -> str:
    """A list in one line, a mapping as ``key: value``, an image by its size."""
    if isinstance(held, bytes):
        return human_bytes(len(held))
    if isinstance(held, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in held.items())
    if isinstance(held, list | tuple):
        return ", ".join(map(_joined, held))
    return str(held)


def _layer_row(layer: LayerInfo) -> tuple[str, str]:
    return layer.kind, " · ".join(part for part in (_short(layer.digest), _bytes(layer.size_bytes), layer.name, layer.from_model) if part)


def _aligned(rows: Rows) -> list[str]:
    """``label  value`` in two columns; of a value with several lines, the first."""
    labels = max((width(visible(label)) for label, _ in rows), default=0)
    return [f"    {visible(label)}{' ' * (labels - width(visible(label)))}    {_one_line(text)}" for label, text in rows]


def _one_line(text: str) -> str:
    first, *more = visible(text).splitlines() or [""]
    return first[:_LONGEST_LINE] + (" ..." if more or len(first) > _LONGEST_LINE else "")


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    """As ``facts``, but texts of several lines keep them."""
    cells = [(label, preformatted(text) if "\n" in text else escape(text)) for label, text in rows]
    lines = "".join(wrap("tr", element("td", label, "label") + wrap("td", cell)) for label, cell in cells)
    return grid(f"<tbody>{lines}</tbody>") if lines else ""


def _fold(held: str | Mapping[str, Any]) -> str:
    return preformatted(held) if isinstance(held, str) else facts(metadata_rows(held))


def _short(text: str) -> str:
    return text.removeprefix("sha256:")[:12]


def _bytes(size_bytes: int | None) -> str:
    return "" if size_bytes is None else human_bytes(size_bytes)
