"""What an editor is told, a folder, and suggestions, in both forms."""

from __future__ import annotations

from html import escape

from ..editing import Checked, Completions, Mark, ModelfileText
from ..files import Folder
from ..suggestions import Suggestions
from .markup import element, page, preformatted, table
from .numbers import human_bytes
from .tables import table as text_table
from .tables import visible
from .text import plain
from .views import coloured, html

_EMPTY = "Run the cell to write it."
_SIZES = frozenset({"SIZE", "MEMORY"})
_FITS = {"yes": "fits", "tight": "just fits", "no": "too large", "unknown": ""}


@plain.register
def _(checked: Checked, *, verbose: bool = False) -> str:
    return "\n".join(visible(_line(mark)) for mark in checked.marks) or "Nothing is wrong."


@html.register
def _(checked: Checked) -> str:
    marks = (element("div", _line(mark), "warning") for mark in checked.marks)
    return page(coloured(checked.pieces) if checked.pieces else preformatted(checked.text), *marks)


def _line(mark: Mark) -> str:
    return f"{mark.severity} in line {mark.line}, column {mark.column}: {mark.text}"


@plain.register
def _(written: ModelfileText, *, verbose: bool = False) -> str:
    return visible(f"{_title(written)}\n\n{written.text or _EMPTY}")


@html.register
def _(written: ModelfileText) -> str:
    text = (coloured(written.pieces) if written.pieces else preformatted(written.text)) if written.text else element("p", _EMPTY, "quiet")
    return page(element("strong", _title(written)), text)


def _title(written: ModelfileText) -> str:
    return f"Modelfile of {written.name}" if written.name else "Modelfile"


@plain.register
def _(found: Completions, *, verbose: bool = False) -> str:
    return text_table(("LABEL", "DETAIL"), [(one.label, one.detail) for one in found.items])


@html.register
def _(found: Completions) -> str:
    return page(table(("LABEL", "DETAIL", "INFO"), [tuple(map(escape, (one.label, one.detail, one.info))) for one in found.items]))


@plain.register
def _(folder: Folder, *, verbose: bool = False) -> str:
    rows = [(one.name, one.kind, _size(one.size_bytes)) for one in folder.entries]
    return "\n".join([visible(str(folder.path)), text_table(("NAME", "KIND", "SIZE"), rows), *(["..."] if folder.cut else [])])


@html.register
def _(folder: Folder) -> str:
    rows = [tuple(map(escape, (one.name, one.kind, _size(one.size_bytes)))) for one in folder.entries]
    rest = element("p", "There is more.", "quiet") if folder.cut else ""
    return page(element("strong", str(folder.path)), table(("NAME", "KIND", "SIZE"), rows, _SIZES), rest)


@plain.register
def _(found: Suggestions, *, verbose: bool = False) -> str:
    return text_table(("NAME", "SIZE", "MEMORY", "HERE", "ABOUT"), _suggested(found))


@html.register
def _(found: Suggestions) -> str:
    rows = [(element("strong", name), *map(escape, rest)) for name, *rest in _suggested(found)]
    return page(table(("NAME", "SIZE", "MEMORY", "HERE", "ABOUT"), rows, _SIZES))


def _suggested(found: Suggestions) -> list[tuple[str, ...]]:
    return [
        (one.name, human_bytes(one.size_bytes), " ".join(filter(None, (human_bytes(one.memory_bytes), _FITS[one.fits]))),
         "yes" if one.here else "", one.about)
        for one in found
    ]  # fmt: skip


def _size(size_bytes: int) -> str:
    return human_bytes(size_bytes) if size_bytes else ""
