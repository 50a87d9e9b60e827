"""The fields of answers, as columns: of dataclasses, pydantic models, named tuples and JSON objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

PLAIN = "answer"
"""The one column of answers that have no fields."""


def columns_of(answers: Sequence[Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of all fields in the order in which they occur, and the fields of each answer; none of one that is None."""
    records = [{} if answer is None else fields_of(answer) for answer in answers]
    return list(dict.fromkeys(name for record in records for name in record)) or [PLAIN], records


def fields_of(answer: Any) -> dict[str, Any]:
    """The fields of an answer, those inside of fields as they are."""
    if isinstance(answer, Mapping):
        return {str(name): value for name, value in answer.items()}
    if is_dataclass(answer) and not isinstance(answer, type):
        return {field.name: getattr(answer, field.name) for field in fields(answer)}
    names: Iterable[str] = getattr(type(answer), "model_fields", ()) or getattr(answer, "_fields", ())  # pydantic's, a named tuple's
    return {name: getattr(answer, name) for name in names} or {PLAIN: answer}
