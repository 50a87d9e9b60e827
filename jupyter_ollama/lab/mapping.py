"""One prompt over many rows: a column of texts in, a column of answers out.

    answers = ollama.map(df["text"], "Classify: {{x}}", model="llama3.2", schema=Label)
    df["label"] = answers.column()              # or, with a column for each field of Label:
    df = df.join(answers.columns())

Rows are asked many at once, and share what their prompts begin with. An answer is what the model says, or a value of the type that was
asked for. A row that fails has an error instead; the others do not notice. With ``path`` results are on the disk as they come, by row key:
an interrupted or killed run goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cards import Table
from ..errors import BadRequest, OllamaError, OptionError
from ..events import Done
from ..functions import NoSchema, schema_of, value_of
from ..shown import Shown
from .asking import AT_ONCE, Asking, Question
from .bar import bar
from .columns import PLAIN, columns_of
from .journal import Journal
from .rows import SHOWN, Rows, cell, data_frame
from .sheet import Sheet
from .stopped import stopped

_NOT_ASKED = {"text": "", "error": "not asked", "tokens": 0, "seconds": 0.0, "seed": -1}


@dataclass(frozen=True)
class Mapped:
    """What became of a row. ``error`` is empty where there is an answer.

    Units: ``tokens`` made, ``seconds`` from the question to the answer.
    """

    key: Any
    answer: Any
    error: str = ""
    tokens: int = 0
    seconds: float = 0.0
    seed: int = -1
    text: str = ""


class Answers(Rows[Mapped]):
    """The rows in their order, each with its answer.

    ``digest`` is that of the model that answered.
    """

    def __init__(self, rows: Sequence[Mapped], index: Any, digest: str) -> None:
        failed = sum(bool(row.error) for row in rows)
        super().__init__(rows, f"{len(rows):,} rows" + (f", {failed:,} failed" if failed else ""), ("key", "answer", "error", "tokens"))
        self.digest = digest
        self._index = index

    def column(self) -> Any:
        """The answers as a pandas Series with the index of what was given (None where a row failed).

        Raises: NotSupported where pandas is not installed.
        """
        data_frame([])  # says so where pandas is missing
        import pandas as pd

        return pd.Series([row.answer for row in self], index=self._index, dtype=object, name="answer")

    def columns(self) -> Any:
        """The answers as a pandas DataFrame with a column for each field of theirs, and the index of what was given.

        Answers without fields make one column, ``answer``. Raises: NotSupported where pandas is not installed.
        """
        data_frame([])
        import pandas as pd

        names, records = columns_of([row.answer for row in self])
        return pd.DataFrame({name: [record.get(name) for record in records] for name in names}, index=self._index)

    def _table(self) -> Shown:
        """A column for each field of the answers; errors if there are any."""
        names, records = columns_of([row.answer for row in self[:SHOWN]])
        failed, usual = any(row.error for row in self[:SHOWN]), names == [PLAIN]
        header = ("KEY", *("ANSWER" if usual else name for name in names), *(["ERROR"] if failed else []), "TOKENS")
        rows = tuple(
            (str(row.key), *(cell(record.get(name)) for name in names), *([row.error] if failed else []), cell(row.tokens))
            for row, record in zip(self[:SHOWN], records, strict=True)
        )
        hint = "frame() has all of them, columns() only the answers." if len(self) > SHOWN else ""
        return Table(self.title, header, rows, len(self), hint, frozenset({"TOKENS"}))

    @property
    def failed(self) -> Rows[Mapped]:
        """Only the rows with an error."""
        return Rows([row for row in self if row.error], "failed rows", ("key", "error"))


def map_rows(
    ollama: Any, rows: Any, prompt: str, *, model: str, schema: Any = None, system: str | None = None,
    options: dict[str, Any] | None = None, think: bool | str | None = None, keys: Iterable[Any] | None = None,
    path: str | Path | None = None, at_once: int = AT_ONCE, progress: bool = True,
) -> Answers:  # fmt: skip
    """Ask one question of every row.

        lab.map(ollama, df["text"], "Classify: {{x}}", model="llama3.2", schema=Label).columns()

    Args:
        rows: texts (a list, a pandas Series), or rows with names (dicts, a DataFrame).
        prompt: ``{{x}}`` stands for the text, ``{{name}}`` for a column.
        schema: what an answer is: a dataclass, a type, a pydantic model, a JSON Schema; without it a text.
        options: ``temperature`` is 0 and ``seed`` 0 unless they say otherwise: the same rows get the same answers.
        keys: what identifies the rows, each once; their index by default.
        path: a file for the results, made or gone on with.
        at_once: how many rows are asked at the same time.
    Raises: OptionError for a prompt with an unknown name, ExperimentError for keys that occur twice or a file of other inputs. Whatever
        ends it early, also the stop button (``Stopped``), has the answers until then as its ``result``.
    """
    table = Sheet.read(rows, keys)
    table.check(prompt)
    settings = {"temperature": 0.0, "seed": 0, **(options or {})}
    wanted = _Wanted(schema)
    call = {"system": system, "options": settings, "think": think, "format": wanted.format}
    digest = str(ollama.show(model).digest)
    inputs = {"digest": digest, "prompt": prompt, "call": call}
    with Journal(path, "map", inputs) as journal, bar(len(table), f"{model}: map", "row", _known(table, journal), shown=progress) as moving:
        todo = [number for number in range(len(table)) if not table.same(journal, number)]
        asking = Asking(ollama, at_once)
        try:
            for number, outcome in asking.answers(todo, lambda number: Question(model, table.fill(prompt, number), call)):
                if isinstance(outcome, Done) or _is_of_the_row(outcome):
                    journal.add(table.key(number), {"row": table.print_of(number), **_record(outcome)})
                    moving.update()
                else:
                    raise outcome
        except (KeyboardInterrupt, OllamaError) as error:
            known = _known(table, journal)
            raise stopped(error, _answers(table, journal, wanted, digest), known, len(table), "rows", path) from None
        return _answers(table, journal, wanted, digest)


def _known(table: Sheet, journal: Journal) -> int:
    return sum(table.same(journal, number) for number in range(len(table)))


def _answers(table: Sheet, journal: Journal, wanted: _Wanted, digest: str) -> Answers:
    """What the journal has of these rows."""
    records = [journal[table.key(number)] if table.is_there(journal, number) else _NOT_ASKED for number in range(len(table))]
    return Answers([_mapped(key, record, wanted) for key, record in zip(table.keys, records, strict=True)], table.index, digest)


def _is_of_the_row(error: OllamaError) -> bool:
    """Whether another row may still succeed: a row can be too long for the context, a model that is gone is gone for all."""
    return type(error).__name__ in ("ContextFull", "BadRequest", "EngineCrashed", "TemplateError")


class _Wanted:
    """What an answer shall be."""

    def __init__(self, schema: Any) -> None:
        self._type = None if schema is None or isinstance(schema, str | Mapping) else schema
        self._structured = schema is not None
        try:
            self.format = schema if self._type is None else schema_of(self._type)
        except NoSchema as error:
            raise OptionError(
                f"{schema!r:.80} is no type an answer can have: {error}.", hint="Give a dataclass or a JSON Schema."
            ) from error

    def value(self, text: str) -> Any:
        """The value that a text stands for. Raises: ValueError."""
        if not self._structured:
            return text
        value = json.loads(text)
        return value if self._type is None else value_of(value, self._type, "the answer")


def _record(outcome: Done | OllamaError) -> dict[str, Any]:
    if isinstance(outcome, OllamaError):
        return {"text": "", "error": str(outcome), "tokens": 0, "seconds": 0.0, "seed": -1}
    cost = outcome.statistics
    return {
        "text": outcome.message.content, "error": "", "tokens": cost.eval_count, "seconds": cost.total_duration / 1e9, "seed": outcome.seed,
        "reason": outcome.done_reason,
    }  # fmt: skip


def _mapped(key: Any, record: dict[str, Any], wanted: _Wanted) -> Mapped:
    answer, error = None, record["error"]
    if not error:
        try:
            answer = wanted.value(record["text"])
        except ValueError as mistake:
            cut = " It was cut off: raise num_predict." if record.get("reason") == "length" else ""
            error = f"{BadRequest.__name__}: {mistake}.{cut}"
    return Mapped(key, answer, error, record["tokens"], record["seconds"], record["seed"], record["text"])
