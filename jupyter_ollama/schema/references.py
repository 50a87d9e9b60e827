"""``$ref`` -> what it points at, within one schema."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from ..sentences import Sentence
from .trouble import SchemaTrouble

MAX_STEPS = 100
"""References that lead to references: more of them go in a circle."""


def target(root: Any, reference: Any) -> Any:
    """What a reference such as ``#/$defs/Node`` points at. Raises: SchemaTrouble."""
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        what = Sentence("the reference %1 leads out of it", f"{reference!r:.100}")
        raise SchemaTrouble(what, "References begin with #/ and stay within the schema.")
    found = root
    for key in reference.split("/")[1:]:
        name = unquote(key).replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isascii() and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            raise SchemaTrouble(Sentence("the reference %1 leads nowhere", f"{reference!r:.100}"), "Check its spelling.")
    return found


def followed(root: Any, schema: Any) -> Any:
    """A schema itself where it is only a reference to one. Raises: SchemaTrouble."""
    for _ in range(MAX_STEPS):
        if not (isinstance(schema, dict) and set(schema) == {"$ref"}):
            return schema
        schema = target(root, schema["$ref"])
    raise SchemaTrouble("its references go in a circle")
