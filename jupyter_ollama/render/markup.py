"""HTML for notebooks: escaping, the few elements that are used, and one style sheet for light and dark themes.

Colours are the theme's own: JupyterLab's variables where they exist, else what the surrounding text has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from .numbers import human_time

_ROOT = ":is(#_, .jupyter-ollama)"
"""Counts as an id, so that these rules win over those that notebooks have for everything inside an output."""

STYLE = """<style>
@ { line-height: 1.5; }
@ h4 { margin: .9em 0 .3em; font-size: 1em; font-weight: 600; }
@ .grid { margin: 0; border-collapse: collapse; font-size: inherit; }
@ .grid th, @ .grid td {
  padding: .2em 1.4em .2em .4em; text-align: left; vertical-align: top; max-width: 50em; overflow-wrap: break-word; }
@ .grid th { font-weight: 600; white-space: nowrap; }
@ .grid .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
@ .grid .label, @ .quiet { opacity: .7; white-space: nowrap; }
@ pre { margin: .2em 0; padding: .5em .7em; max-height: 24em; overflow: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; font-family: var(--jp-code-font-family, monospace); font-size: var(--jp-code-font-size, inherit);
  background: var(--jp-cell-editor-background, rgba(128, 128, 128, .1));
  border-left: 3px solid var(--jp-border-color2, rgba(128, 128, 128, .4)); }
@ code { background: none; padding: 0; }
@ summary { cursor: pointer; font-weight: 600; margin-top: .6em; }
@ .badge { display: inline-block; margin-right: .4em; padding: 0 .6em; font-size: .9em; border-radius: 1em;
  border: 1px solid var(--jp-border-color1, rgba(128, 128, 128, .5)); }
@ .bar { display: flex; width: 12em; height: .7em; margin-top: .45em; }
@ .bar span { background: var(--jp-brand-color1, #2196f3); }
@ .bar .shared { opacity: .35; }
@ .thoughts summary { margin: 0; font-weight: normal; opacity: .65; }
@ .thoughts .text { margin: .3em 0 .6em; padding-left: .8em; opacity: .75; white-space: pre-wrap; overflow-wrap: anywhere;
  border-left: 3px solid var(--jp-border-color2, rgba(128, 128, 128, .4)); }
@ .thoughts.live .text { display: flex; flex-direction: column-reverse; max-height: 9em; overflow: auto; }
@ .tokens { white-space: pre-wrap; overflow-wrap: anywhere; }
@ .tokens span { border-radius: 2px; }
@ .parted { text-decoration: underline dotted; text-underline-offset: .2em; }
@ .swatch { padding: 0 .5em; border-radius: 2px; }
@ .legend { font-size: .9em; }
@ .pair { width: 16em; padding-top: .25em; }
@ .pair i, @ .pair b { display: block; height: .42em; background: #3b82c4; }
@ .pair b { background: #d9822b; }
@ .share { display: flex; align-items: center; gap: .4em; white-space: nowrap; font-variant-numeric: tabular-nums; }
@ .share i { height: .6em; background: #3b82c4; }
@ .share.p i { background: #d9822b; }
@ .answers { overflow-x: auto; }
@ .answers .grid th { position: sticky; top: 0; }
@ .answers .grid td { min-width: 9em; max-width: 32em; }
@ .answer { max-height: 9em; overflow-y: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
@ .answer + .answer { margin-top: .25em; }
@ .answer .mark { font-weight: 600; }
@ .right .mark { color: var(--jp-success-color1, #2a8a4a); }
@ .wrong .mark { color: var(--jp-error-color1, #d33); }
@ .stops { margin: .3em 0; font-size: .9em; opacity: .85; }
@ .diff del { background: rgba(255, 80, 60, .25); }
@ .diff ins { background: rgba(58, 157, 93, .3); text-decoration: none; }
@ .verdict { white-space: nowrap; font-weight: 600; }
@ { --origin-system: 59, 130, 196; --origin-message: 132, 103, 196; --origin-history: 128, 128, 128; --origin-turn: 217, 130, 43;
  --origin-tools: 58, 157, 93; --origin-variable: 42, 154, 166; }
@ .sides { display: flex; flex-wrap: wrap; gap: 0 1.2em; }
@ .sides > div { flex: 1 1 22em; min-width: 0; }
@ pre.prompt { max-height: 40em; }
@ .prompt .token { border-radius: 2px; box-shadow: inset 1px 0 rgba(128, 128, 128, .35); }
@ .prompt .token:hover, @ .value-place:hover { outline: 1px solid currentColor; }
@ .value-place { border-radius: 2px; box-shadow: inset 0 -1px rgba(128, 128, 128, .6); }
@ .several { background: bottom / 100% .2em no-repeat; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
@ .untaken { opacity: .45; }
@ .skipped summary { margin: 0; font-weight: normal; opacity: .65; }
@ .wide { white-space: normal; }
@ .prompt .origin-template { opacity: .65; }
@ .origin-system { background: rgba(var(--origin-system), .32); }
@ .origin-message { background: rgba(var(--origin-message), .32); }
@ .origin-history { background: rgba(var(--origin-history), .32); }
@ .origin-turn { background: rgba(var(--origin-turn), .32); }
@ .origin-tools { background: rgba(var(--origin-tools), .32); }
@ .origin-variable { background: rgba(var(--origin-variable), .32); }
@ .call { margin: .3em 0; }
@ .call::before { content: "→ "; opacity: .6; }
@ .result { margin: .3em 0; }
@ .result summary, @ pre.result { margin: 0; padding: .3em .7em; font-family: var(--jp-code-font-family, monospace);
  font-size: var(--jp-code-font-size, inherit); font-weight: normal; background: none; opacity: .75; }
@ pre.wrong, @ .wrong summary { border-left: 3px solid var(--jp-warn-color1, #d80); }
@ .keyword { color: var(--jp-mirror-editor-keyword-color, #008000); font-weight: 600; }
@ .name { color: var(--jp-mirror-editor-def-color, inherit); }
@ .value { color: var(--jp-mirror-editor-string-color, inherit); }
@ .style-keyword, @ .style-instruction { color: var(--jp-mirror-editor-keyword-color, #008000); font-weight: 600; }
@ .style-variable { color: var(--jp-mirror-editor-def-color, inherit); }
@ .style-string { color: var(--jp-mirror-editor-string-color, #a31515); }
@ .style-number { color: var(--jp-mirror-editor-number-color, #080); }
@ .style-comment { color: var(--jp-mirror-editor-comment-color, inherit); font-style: italic; }
@ .style-operator { color: var(--jp-mirror-editor-operator-color, inherit); }
@ .style-error { text-decoration: underline wavy var(--jp-error-color1, #d33); }
@ .warning { margin: .4em 0; padding: .4em .7em; white-space: pre-wrap; overflow-wrap: anywhere;
  border-left: 3px solid var(--jp-warn-color1, #d80); }
</style>
""".replace("@", _ROOT)


def page(*parts: str) -> str:
    """A whole output: the parts, which are HTML already, with the style sheet."""
    return f'{STYLE}<div class="jupyter-ollama">{"".join(parts)}</div>'


def element(name: str, text: str, css_class: str = "", title: str = "") -> str:
    """An element around a text, which is escaped."""
    return wrap(name, escape(text), css_class, title)


def wrap(name: str, inner: str, css_class: str = "", title: str = "") -> str:
    """An element around HTML."""
    attributes = (f' class="{escape(css_class)}"' if css_class else "") + (f' title="{escape(title)}"' if title else "")
    return f"<{name}{attributes}>{inner}</{name}>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[str] = frozenset()) -> str:
    """A table of cells that are HTML already; columns whose header is in ``numbers`` are set flush right."""
    classes = ["number" if title in numbers else "" for title in header]
    head = "".join(element("th", title, css) for title, css in zip(header, classes, strict=True))
    lines = (
        wrap("tr", "".join(wrap("td", cell, css) for cell, css in zip(row, classes, strict=True))) for row in rows
    )  # fmt: skip
    return grid(f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>")


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Labels and texts, one pair a row; both are escaped."""
    lines = "".join(wrap("tr", element("td", label, "label") + element("td", text)) for label, text in rows)
    return grid(f"<tbody>{lines}</tbody>") if lines else ""


def grid(inner: str) -> str:
    """A table around its parts."""
    return f'<table class="grid">{inner}</table>'


def section(title: str, inner: str) -> str:
    """A titled part; nothing where there is nothing inside."""
    return element("h4", title) + inner if inner else ""


def folded(title: str, inner: str) -> str:
    """A part that opens on a click; nothing where there is nothing inside."""
    return f"<details><summary>{escape(title)}</summary>{inner}</details>" if inner else ""


def preformatted(text: str) -> str:
    """A text with its lines; nothing for an empty one."""
    return element("pre", text) if text else ""


def digest(text: str) -> str:
    """The first twelve digits, the whole digest in the tooltip."""
    return element("code", text.removeprefix("sha256:")[:12], title=text)


def moment(when: datetime | None, zero: str = "Never") -> str:
    """A time in words, the date in the tooltip: words grow old in a saved notebook."""
    words = human_time(when, zero)
    if when is None:
        return escape(words)
    return f'<time datetime="{when.isoformat()}" title="{when.astimezone():%Y-%m-%d %H:%M}">{escape(words)}</time>'
