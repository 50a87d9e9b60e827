"""What a file is, by its first bytes, and what to tell somebody who took it for a model."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal

from ..errors import SourceError
from ..sentences import Sentence

Content = Literal["gguf", "safetensors", "zip", "pickle", "ggml", "lfs", "html", "text", "empty", "binary"]

_HEAD_BYTES = 512
_MAX_SAFETENSORS_HEADER = 100_000_000
_BINARY = frozenset(range(0x20)) - frozenset(b"\t\n\f\r\x1b")
_MAGICS: tuple[tuple[bytes, Content], ...] = (
    (b"GGUF", "gguf"),
    (b"PK\x03\x04", "zip"),
    (b"\x80\x02", "pickle"),
    (b"version https://git-lfs", "lfs"),
    (b"lmgg", "ggml"), (b"fmgg", "ggml"), (b"tjgg", "ggml"), (b"algg", "ggml"),
)  # fmt: skip

_WHAT: dict[Content, tuple[str, str]] = {
    "safetensors": ("is a safetensors file.", "Use it as a safetensors folder: FROM and the folder it is in."),
    "zip": ("is a PyTorch checkpoint or another zip archive.",
            "Save the model again as safetensors (save_pretrained does by default), then use that folder."),
    "pickle": ("is a PyTorch checkpoint.",
               "Save the model again as safetensors (save_pretrained does by default), then use that folder."),
    "ggml": ("is a model in the old GGML format.", "Get the model as GGUF or safetensors."),
    "lfs": ("is a Git LFS pointer, not the model itself.", "Run git lfs pull in its folder."),
    "html": ("is a web page, not a model.", "Download the file itself, not the page that shows it."),
    "text": ("is a text file, not a model.", "FROM takes a model's name, a GGUF file, or a folder with safetensors files."),
    "empty": ("is empty.", "Download it again."),
    "binary": ("is neither a GGUF nor a safetensors file.", "FROM takes a model's name, a GGUF file, or a safetensors folder."),
}  # fmt: skip


def sniff(path: Path) -> Content:
    """What kind of content a file has.

    Raises: SourceError if it cannot be read or is no ordinary file.
    """
    head, size_bytes = _head(path)
    if not size_bytes:
        return "empty"
    for magic, content in _MAGICS:
        if head.startswith(magic):
            return content
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= _MAX_SAFETENSORS_HEADER:
        return "safetensors"
    if head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    return "binary" if _BINARY.intersection(head) else "text"


def not_a_model(path: Path, content: Content) -> SourceError:
    """The error about a file that is not what it should be."""
    what, hint = _WHAT.get(content, _WHAT["binary"])
    if content in ("text", "binary") and (size_bytes := path.stat().st_size) < 64:
        what, hint = Sentence("has only %1 bytes, too few for a model.", size_bytes), "Download it again."
    return SourceError(Sentence("%1 %2", path, Sentence.of(what)), hint=hint, path=path, text="unknown type")


def _head(path: Path) -> tuple[bytes, int]:
    """The first bytes and the size; a pipe or a device is refused before it could block."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise SourceError(Sentence("%1 is not a file.", path), hint="Name an ordinary file.", path=path)
            return os.read(file, _HEAD_BYTES), status.st_size
        finally:
            os.close(file)
    except OSError as error:
        raise SourceError(
            Sentence("%1 cannot be read: %2.", path, error.strerror), hint="Check the path and its permissions.", path=path
        ) from error
