"""What people pass as ``format``: nothing, "json", a JSON Schema, or a type that has one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import OptionError
from ..functions import schema_of
from ..sentences import Sentence
from .graph import check
from .plain import plain
from .trouble import SchemaTrouble

JSON = "json"
"""The format that asks for any JSON object."""

MAX_CHARACTERS = 200_000
"""The longest schema, as JSON."""

_EXPECTED = 'expected "json" or a valid JSON Schema object'


def as_format(wanted: Any) -> str:
    """What an engine takes as format: nothing, ``json``, or the JSON of a plain schema.

    Args:
        wanted: None or "" for free text, "json", a schema, or a type: a dataclass, a TypedDict, ``list[int]``, ``Literal["a", "b"]``, or
            anything with ``model_json_schema``, such as the models of pydantic.
    Raises: OptionError for anything else, and for a schema that cannot be used.
    """
    if wanted is None or wanted in ("", JSON):
        return wanted or ""
    schema = _schema(wanted)
    try:
        made = plain(schema)
        check(made)
    except SchemaTrouble as trouble:
        raise trouble.as_error() from None
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def _schema(wanted: Any) -> Any:
    """The schema as JSON would hold it, whatever it was given as. Raises: OptionError."""
    if isinstance(wanted, Mapping):
        found = wanted
    elif isinstance(wanted, str | list | tuple | int | float | bytes):
        raise OptionError(
            Sentence("format cannot be %1.", f"{wanted!r:.100}"), hint='Give "json", a JSON Schema, or a type such as a dataclass.',
            option="format", value=repr(wanted)[:100], text=f"invalid format: {_quoted(wanted)}; {_EXPECTED}",
        )  # fmt: skip
    else:
        found = _of_type(wanted)
    try:
        text = json.dumps(found, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        reason = "it contains itself" if isinstance(error, RecursionError) or "Circular" in str(error) else str(error)
        raise OptionError(
            Sentence("The schema given as format is no JSON: %1.", Sentence.of(reason)), hint="Use plain values.", option="format"
        ) from None
    if len(text) > MAX_CHARACTERS:
        raise OptionError(
            Sentence("The schema given as format is too long: %1 characters; at most %2 are accepted.",
                     f"{len(text):,}", f"{MAX_CHARACTERS:,}"),
            hint="Ask for less at once.", option="format",
        )  # fmt: skip
    return json.loads(text)


def _of_type(wanted: Any) -> Any:
    own = getattr(wanted, "model_json_schema", None)
    try:
        return own() if callable(own) else schema_of(wanted)
    except ValueError as error:
        raise OptionError(
            Sentence("format cannot be %1: %2.", getattr(wanted, "__name__", None) or repr(wanted)[:100], error),
            hint='Give "json", a JSON Schema, or a type such as a dataclass.', option="format",
        ) from None  # fmt: skip


def _quoted(wanted: Any) -> str:
    return json.dumps(wanted, default=repr)[:100]
