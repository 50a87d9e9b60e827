"""The tiny models that are converted in tests: one file for each architecture, one line each here."""

from __future__ import annotations

from ..tiny import Tiny
from . import llama

FOLDERS: dict[str, Tiny] = {
    **llama.FOLDERS,
}  # fmt: skip
