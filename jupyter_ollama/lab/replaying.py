"""Ask all questions of a saved notebook again, and see which answers drifted.

Beside each answer of ``%%chat`` the notebook has what was asked, the model with its digest, the options and the seed. That is enough to ask
again without running the notebook: each question is asked in the conversation as it was saved, so that one answer that drifted does not
carry others along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import takewhile
from pathlib import Path
from typing import Any

from ..errors import ExperimentError, OllamaError
from ..events import Done
from ..messages import Message
from ..render.markup import element, page, table, wrap
from ..render.tables import visible
from .bar import bar
from .differing import words_html
from .opened import opened
from .rows import SHOWN, Rows

MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class Replayed:
    """A question that was asked again.

    ``verdict``: ``same``, ``other text`` (from character ``drift_at`` on), ``failed``, or ``not asked`` with the reason in ``note``.
    ``model_changed``: the name means another model now than when the notebook was saved.
    """

    cell: int
    model: str
    verdict: str
    question: str
    before: str
    now: str
    drift_at: int | None = None
    model_changed: bool = False
    seed: int = -1
    note: str = ""


class Replay(Rows[Replayed]):
    """The questions of a notebook, with what became of each."""

    def __init__(self, rows: list[Replayed], path: Path) -> None:
        same = sum(row.verdict == "same" for row in rows)
        changed = sorted({row.model for row in rows if row.model_changed})
        words = f"{path.name}: {same} of {len(rows)} answers are the same" + (f"; changed since: {', '.join(changed)}" if changed else "")
        super().__init__(rows, words, ("cell", "model", "verdict", "question", "before", "now", "note"))

    @property
    def drifted(self) -> Rows[Replayed]:
        """Those whose answer is another one now, or that failed."""
        return Rows([row for row in self if row.verdict in ("other text", "failed")], "drifted", self.displayed)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """A row for each question; where the answer is another one, both in one text."""
        rows = [
            (str(row.cell), escape(visible(row.model)), _verdict_html(row), _text_html(row.question),
             words_html(row.before, row.now) if row.verdict == "other text" else _text_html(row.now or row.note))
            for row in self[:SHOWN]
        ]  # fmt: skip
        more = element("p", f"... and {len(self) - SHOWN:,} more: frame() has all of them.", "quiet") if len(self) > SHOWN else ""
        grid = wrap("div", table(("CELL", "MODEL", "VERDICT", "QUESTION", "ANSWER"), rows, frozenset({"CELL"})), "answers")
        return {"text/plain": str(self), "text/html": page(element("strong", self.title), grid, more)}


_SIGNS = {"same": ("✓", "right"), "other text": ("≠", "wrong"), "failed": ("✗", "wrong"), "not asked": ("–", "")}


def _text_html(text: str) -> str:
    return wrap("div", escape(visible(text)), "answer")


def _verdict_html(row: Replayed) -> str:
    sign, kind = _SIGNS[row.verdict]
    changed = element("div", "another model by now", "quiet") if row.model_changed else ""
    return wrap("div", f"{element('span', sign, 'mark')} {row.verdict}{changed}", f"verdict {kind}")


def replay(path: str | Path, *, fresh: bool = False, ollama: Any = None, progress: bool = True) -> Replay:
    """Ask the questions of a saved notebook again.

        lab.replay("lesson.ipynb")

    Args:
        path: the notebook.
        fresh: ask the models, though they have answered just this before.
    Raises: ExperimentError for a file that is no notebook.
    """
    path = Path(path).expanduser()
    cells = list(_asked(_read(path)))
    with opened(ollama) as models, bar(len(cells), f"replay {path.name}", "cell", shown=progress) as moving:
        conversations: dict[str, list[Message]] = {}
        rows = []
        for number, answer, told in cells:
            rows.append(_again(models, number, answer, told, conversations, fresh=fresh))
            moving.update()
    return Replay(rows, path)


def _again(
    models: Any, number: int, before: str, told: Mapping[str, Any], conversations: dict[str, list[Message]], *, fresh: bool
) -> Replayed:
    asked, model = told.get("asked"), str(told.get("model", ""))
    question = str(asked.get("question", "")) if isinstance(asked, Mapping) else ""
    reason = _not_to_be_asked(asked, told)
    if reason or not isinstance(asked, Mapping):
        return Replayed(number, model, "not asked", question, before, "", note=reason)
    raw = bool(asked.get("raw"))
    history = [] if raw or asked.get("new") else conversations.setdefault(model, [])
    messages = [*history, Message("user", question)]
    if not raw:
        conversations[model] = [*messages, Message("assistant", before)]
    options = {**told.get("options", {}), "seed": told.get("seed", -1)}
    how = {"system": asked.get("system"), "think": asked.get("think"), "format": _format(asked.get("format")), "options": options}
    try:
        changed = _digest(models.show(model).digest) != _digest(told.get("digest", ""))
        run = models.generate(model, question, raw=True, **how) if raw else models.chat(model, messages, **how, reuse=not fresh)
        done: Done = run.result()
    except OllamaError as error:
        return Replayed(number, model, "failed", question, before, "", note=str(error), seed=options["seed"])
    now = done.message.content
    drift = None if now == before else sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(now, before, strict=False)))
    return Replayed(number, model, "same" if drift is None else "other text", question, before, now, drift, changed, options["seed"])


def _not_to_be_asked(asked: object, told: Mapping[str, Any]) -> str:
    if not isinstance(asked, Mapping):
        return "the notebook does not say what was asked"
    if asked.get("tools"):
        return "functions of the notebook were called"
    if told.get("done_reason") not in ("stop", "length"):
        return f"the answer was {told.get('done_reason') or 'not finished'}"
    if isinstance(asked.get("format"), str) and asked["format"] != "json" and not asked["format"].startswith("{"):
        return f"its format {asked['format']} is a variable of the notebook"
    return ""


def _format(form: Any) -> Any:
    return json.loads(form) if isinstance(form, str) and form.startswith("{") else form


def _digest(text: object) -> str:
    return str(text).removeprefix("sha256:")


def _read(path: Path) -> list[Any]:
    """The cells of a notebook. Raises: ExperimentError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ExperimentError(f"{path} is larger than a notebook.", hint="Give the path of a notebook.", path=path)
        cells = json.loads(raw)["cells"]
    except OSError as error:
        raise ExperimentError(f"{path} cannot be read: {error.strerror}.", hint="Check the path.", path=path) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ExperimentError(f"{path} is no notebook.", hint="Give the path of an .ipynb file.", path=path) from error
    return cells if isinstance(cells, list) else []


def _asked(cells: list[Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Each answer with the number of its cell, its text, and what is said of it."""
    for number, cell in enumerate(cells):
        outputs = cell.get("outputs", ()) if isinstance(cell, dict) else ()
        for output in outputs if isinstance(outputs, list) else ():
            metadata = output.get("metadata") if isinstance(output, dict) else None
            told = metadata.get("jupyter_ollama") if isinstance(metadata, dict) else None
            if isinstance(told, dict) and "model" in told:
                data = output.get("data")
                text = data.get("text/markdown", "") if isinstance(data, dict) else ""
                yield number, "".join(text) if isinstance(text, list) else str(text), told
