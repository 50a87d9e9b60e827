"""``{{name}}`` in a prompt stands for a variable of the notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"\{\{[ \t]*([^\W\d]\w*)[ \t]*\}\}")
_NOTHING = object()


def insert(text: str, variables: Mapping[str, Any], hidden: Mapping[str, Any] | None = None) -> str:
    """Replace each ``{{name}}`` by the text of that variable, once: what is inserted is not looked at again.

    Unknown names and all other braces stay as they are, and so do names that IPython itself puts into a notebook (``hidden``).
    """
    preset = hidden or {}

    def value(found: re.Match[str]) -> str:
        held = variables.get(found[1], _NOTHING)
        return found[0] if held is _NOTHING or held is preset.get(found[1], _NOTHING) else str(held)

    return _NAME.sub(value, text)
