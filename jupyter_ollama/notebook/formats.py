"""``--format``: json, a variable of the notebook (a schema, a dataclass, a model of pydantic), or a schema as it is written."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from IPython.core.error import UsageError


def read_format(word: str | None, variables: Mapping[str, Any]) -> Any:
    """What ``Ollama.chat`` takes as format. Raises: UsageError."""
    if word in (None, "json"):
        return word
    if word.startswith("{"):
        try:
            return json.loads(word)
        except ValueError as error:
            raise UsageError(f"--format: the schema is no JSON: {error}. Put it in single quotes.") from None
    if word in variables:
        return variables[word]
    near = difflib.get_close_matches(word, [name for name in variables if not name.startswith("_")], n=1)
    meant = f"Did you mean {near[0]}?" if near else "It is json, the name of a schema or a dataclass, or a schema in single quotes."
    raise UsageError(f"--format: there is no variable {word!r}. {meant}")
