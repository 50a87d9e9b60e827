"""llama.cpp's functions: the low-level module of llama_cpp without its package, whose import of numpy and much more takes 0.1 s.

Everything in worker/ says ``from .llama import lib``; nothing else imports llama_cpp.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any


def _low_level() -> Any:
    package = sys.modules.get("llama_cpp")
    spec = importlib.util.find_spec("llama_cpp") if package is None else None
    if spec is None:
        return importlib.import_module("llama_cpp.llama_cpp")
    sys.modules["llama_cpp"] = importlib.util.module_from_spec(spec)  # gives the submodule a parent, runs nothing
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    finally:
        del sys.modules["llama_cpp"]  # who wants the whole package still gets it


lib: Any = _low_level()
"""``llama_cpp.llama_cpp``: one ctypes function or structure per name of llama.h."""
