"""From the bytes of a file to clean text; nothing here knows what a Modelfile means.

UTF-8 unless a byte-order mark says UTF-16. Control characters other than tab and newlines are dropped, as Ollama drops them;
full-width spaces, no-break spaces and the joiners inside emoji, which Ollama drops too, stay.
"""

from __future__ import annotations

import codecs
import re
from array import array

from ..errors import ModelfileError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(data: bytes) -> str:
    """Decode the bytes of a Modelfile; each byte that is not UTF-8 becomes one U+FFFD.

    Raises: ModelfileError if the bytes are those of a model, or UTF-16 without a byte-order mark.
    """
    for mark, encoding in _BYTE_ORDER_MARKS[1:]:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data[:8]:
        raise _not_text(data)
    return _LONE_SURROGATE.sub("\ufffd", data.decode("utf-8", "surrogateescape"))


def clean(text: str) -> str:
    """Text without byte-order mark, control characters and lone surrogates."""
    text = _CONTROL.sub("", text.removeprefix("\ufeff"))
    return _LONE_SURROGATE.sub("\ufffd", text)


def kept(text: str) -> array[int] | None:
    """The offsets of the characters that ``clean`` leaves, and behind them that of the end; None when it leaves all."""
    first = int(text.startswith("\ufeff"))
    if not first and not _CONTROL.search(text):
        return None
    dropped = {found.start() for found in _CONTROL.finditer(text)}
    return array("Q", (offset for offset in range(first, len(text) + 1) if offset not in dropped))


def _not_text(data: bytes) -> ModelfileError:
    if data.startswith(b"GGUF"):
        what, hint = "this is a GGUF model, not a Modelfile.", "Write FROM and the path of this file into a Modelfile."
    else:
        what, hint = "this is not a text file.", "Save the Modelfile as UTF-8."
    return ModelfileError(what, hint=hint, line=1, column=1, text="no FROM line", source_line="")
