"""Values to JSON, as Go's encoder writes it: compact, keys in the order given, ``< > &`` escaped, other text raw UTF-8.

For values made here, whose keys are in order; ``gojson`` is for what has to be equal byte by byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_SURROGATES = re.compile("[\ud800-\udfff]")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def dumps(value: Any) -> bytes:
    """The JSON text of a value. Half a character becomes U+FFFD.

    Raises: ValueError for a number JSON cannot hold.
    """
    text = _encode(value).translate(_ESCAPES)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()


def line(value: Any) -> bytes:
    """The same as a line of a stream."""
    return dumps(value) + b"\n"


def event(value: Any, name: str = "") -> bytes:
    """The same as a server-sent event; a text stands in it as it is."""
    told = value.encode() if isinstance(value, str) else dumps(value)
    return (f"event: {name}\n".encode() if name else b"") + b"data: " + told + b"\n\n"


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What Go's ``omitempty`` keeps: fields that are not empty, false or 0."""
    return {name: value for name, value in fields.items() if value}
