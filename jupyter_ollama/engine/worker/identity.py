"""What the state of a context depends on besides its tokens: two states of one family can stand for each other.

Weights and adapters, the build of llama.cpp, the types of its cache. What only changes how sums are rounded (threads, sizes of batches)
does not count, nor does the length of the context, unless the model turns its positions in another way in a long one.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from .llama import lib

_BLOB = "sha256-"
_LIBRARIES = ("libllama", "llama", "libggml", "ggml")


def family(weights: Iterable[Path], adapters: Iterable[tuple[Path, float]], facts: Mapping[str, object]) -> str:
    """The digest of all that counts. ``facts`` are types and options of the context."""
    held = {
        "build": build(),
        "weights": [of_file(path) for path in weights],
        "adapters": [(of_file(path), scale) for path, scale in adapters],
        "facts": dict(facts),
    }
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def of_file(path: Path) -> str:
    """A file's content, as far as one can tell without reading it: a blob has the name of its digest, any other file its time and size.
    A file that is gone is like no other."""
    if path.name.startswith(_BLOB):
        return path.name
    try:
        state = path.stat()
    except OSError:
        return secrets.token_hex()
    return f"{path.resolve()} {state.st_size} {state.st_mtime_ns}"


@lru_cache(maxsize=1)
def build() -> str:
    """The libraries of llama.cpp that are loaded: their files, and what they were compiled for."""
    folder = Path(lib._lib._name).parent
    found = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(folder.iterdir())
             if path.name.startswith(_LIBRARIES)]  # fmt: skip
    return " ".join([*found, lib.llama_print_system_info().decode("utf-8", "replace")])
