"""llama.cpp's functions: modules of llama_cpp without their package, whose import of numpy and much more takes 0.1 s.

Everything in worker/ says ``from .llama import lib``; nothing else imports llama_cpp.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

from ...errors import EngineError
from ...sentences import Sentence


def submodule(name: str) -> Any:
    """``llama_cpp.<name>``, which must not need the rest of the package."""
    whole = f"llama_cpp.{name}"
    package = sys.modules.get("llama_cpp")
    spec = importlib.util.find_spec("llama_cpp") if package is None else None
    if spec is None:
        return importlib.import_module(whole)
    sys.modules["llama_cpp"] = importlib.util.module_from_spec(spec)  # gives the submodule a parent, runs nothing
    try:
        return importlib.import_module(whole)
    finally:
        del sys.modules["llama_cpp"]  # who wants the whole package still gets it


lib: Any = submodule("llama_cpp")
"""``llama_cpp.llama_cpp``: one ctypes function or structure per name of llama.h."""


def native(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of ggml, whose names libllama brings along. ``result`` and ``arguments``: types of ctypes.

    Raises: EngineError if the library does not have it.
    """
    try:
        function = getattr(lib._lib, name)
    except AttributeError:
        raise EngineError(Sentence("The installed llama.cpp has no function %1.", name)) from None
    function.argtypes, function.restype = arguments, result
    return function  # type: ignore[no-any-return]  # ctypes has no types for what a library holds
