"""The second opinion: what the file's own tokenizer makes of texts, where the optional package `tokenizers` is installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ...json_file import read_small
from .files import JSON

Answer = TypeVar("Answer")

PROBES = (
    "Hello, world! It's 3 o'clock, we'll see 12,345.67 things; they're NEW things (don't worry).",
    "def add(a, b=1):\n    return {'sum': a + b}  # comment\n\n\n\tx = [1, 22, 333, 4444]\r\n",
    " leading and   inner  spaces, trailing  ",
    "Ünïcödé, naïve façade; Ελληνικά; Русский текст; עברית; العربية",
    "你好,世界。日本語のテスト",
    "한국어로 쓴 문장",
    "ไทย हिन्दी বাংলা தமிழ்",
    "🚀 👩‍👩‍👧‍👦 ✅ ½ ² ™ \u00a0\u2003!",
)
"""Texts in which most ways to split differ from one another. None of them holds a special token."""

_PANIC = "PanicException"  # of Rust; it is no Exception


def is_installed() -> bool:
    """Whether there can be a second opinion."""
    return importlib.util.find_spec("tokenizers") is not None


def ids_of(folder: Path, texts: Sequence[str], *, special: bool) -> list[list[int]] | None:
    """The ids of texts by tokenizer.json; None when there is no second opinion.

    Args:
        special: with the tokens that the file puts around a text.
    """
    path = folder / JSON
    if not path.is_file():
        return None

    def ids(library: Any) -> list[list[int]]:
        tokenizer = library.Tokenizer.from_buffer(read_small(path))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return [list(tokenizer.encode(text, add_special_tokens=special).ids) for text in texts]

    return asked(ids)


def asked(question: Callable[[Any], Answer]) -> Answer | None:
    """What the library answers; None when it is not there or cannot say."""
    if not is_installed():
        return None
    try:
        return question(importlib.import_module("tokenizers"))
    except BaseException as cause:
        if isinstance(cause, Exception) or type(cause).__name__ == _PANIC:  # the library raises nothing more special
            return None
        raise
