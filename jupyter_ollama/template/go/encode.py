"""Values of a template -> the JSON that Go would print: maps with sorted keys, structs in the order of their fields."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ... import gojson
from .trouble import Trouble
from .values import MISSING, Record, Words


def to_json(value: Any) -> str:
    """Compact JSON. Raises: Trouble for what JSON cannot say (NaN, infinity, foreign types)."""
    try:
        return gojson.text(_plain(value))
    except (TypeError, ValueError) as exc:
        raise Trouble(f"json: unsupported value: {exc}") from exc


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        fields = value.fields if value.json is None else value.json
        return gojson.Struct((key, _plain(item)) for key, item in fields.items())
    if isinstance(value, Words):
        return value[0] if len(value) == 1 else list(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return None if value is MISSING else value
