"""The magics, one a file. Each reads its line, calls one method of ``Ollama`` and hands what comes back to a display."""

from __future__ import annotations

from .base import OllamaMagics
from .chat import ChatMagic
from .compare import CompareMagic
from .create import CreateMagic
from .modelfile import ModelfileMagic
from .ollama import OllamaMagic

MAGICS: tuple[type[OllamaMagics], ...] = (ModelfileMagic, CreateMagic, ChatMagic, CompareMagic, OllamaMagic)

__all__ = ["MAGICS", "OllamaMagics"]
