"""Values -> compact JSON as Go's encoding/json writes it: sorted map keys, HTML characters escaped, 1.0 as 1."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from typing import Any

from jupyter_ollama.template.go.trouble import Trouble
from jupyter_ollama.template.go.values import MISSING, Record, Words, float_text

_ESCAPED = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def to_json(value: Any) -> str:
    """Compact JSON. Raises: Trouble for what JSON cannot say (NaN, infinity)."""
    if value is None or value is MISSING:
        return "null"
    if isinstance(value, str):
        return _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return _bytes(value)
    if isinstance(value, Words) and len(value) == 1:
        return to_json(value[0])
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    if isinstance(value, dict):
        return _object((str(key), value[key]) for key in sorted(value, key=str))
    if isinstance(value, Record):
        return _object(value.fields.items()) if value.json is None else _struct(value.json)
    raise Trouble(f"json: unsupported type: {type(value).__name__}")


def _struct(value: Any) -> str:
    """The JSON form of a struct keeps the order of its fields."""
    return _object(value.items()) if isinstance(value, dict) else to_json(value)


def _object(items: Any) -> str:
    return "{" + ",".join(f"{to_json(key)}:{to_json(value)}" for key, value in items) + "}"


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return "\\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise Trouble(f"json: unsupported value: {float_text(value)}")
    written = float_text(value, low=-6)
    return written.replace("e-0", "e-")


def _bytes(value: bytes) -> str:
    return f'"{b64encode(value).decode()}"'
