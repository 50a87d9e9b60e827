"""What the files of a tokenizer become in a GGUF file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_ollama.convert import plan_folder

PREFIX = "tokenizer.ggml."


def keys(folder: Path) -> dict[str, Any]:
    return {key.removeprefix(PREFIX): value.value for key, value in plan_folder(folder).metadata.items() if key.startswith("tokenizer.")}
