"""Reading JSON files that somebody else wrote: bounded, and every way they can be broken is one clear error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import SourceError
from .pread import RangeReader
from .sentences import Sentence

MAX_BYTES = 256 << 20


def read_json(path: Path, error: type[SourceError] = SourceError) -> dict[str, Any]:
    """The JSON object in a file.

    Raises: the given error when the file cannot be read, is too large, or is not one JSON object.
    """
    raw = read_small(path, error)
    try:
        held = json.loads(raw)
    except RecursionError as cause:
        raise broken(path, "it is nested too deeply", error) from cause
    except ValueError as cause:  # no JSON, no UTF-8, or a number of thousands of digits
        raise broken(path, str(cause), error) from cause
    if not isinstance(held, dict):
        raise broken(path, "it is not an object", error)
    return held


def read_small(path: Path, error: type[SourceError] = SourceError, limit_bytes: int = MAX_BYTES) -> bytes:
    """All bytes of a file that is not expected to be large.

    Raises: the given error.
    """
    with RangeReader(path, error) as reader:
        if reader.size_bytes > limit_bytes:
            raise error(
                Sentence("%1 is %2 bytes long, more than a file of its kind has.", path, f"{reader.size_bytes:,}"),
                hint="Check that it is the right file.", path=path,
            )  # fmt: skip
        return reader.read(0, reader.size_bytes)


def broken(path: Path, why: str, error: type[SourceError] = SourceError) -> SourceError:
    """The error for a file that is not the JSON it should be."""
    return error(Sentence("%1 is not usable JSON: %2.", path, Sentence.of(why)), hint="Copy or download the file again.", path=path)
