"""The names that others build on. A change here is a change for every user: it belongs in the changelog."""

from __future__ import annotations

import inspect
import subprocess
import sys

import jupyter_ollama
from jupyter_ollama import Ollama


def test_the_package_offers_these_names() -> None:
    assert jupyter_ollama.__all__ == [
        "Chunk",
        "Done",
        "Message",
        "Modelfile",
        "Ollama",
        "OllamaError",
        "Progress",
        "Run",
        "Tool",
        "ToolCall",
        "ToolResult",
        "__version__",
    ]
    assert dir(jupyter_ollama) == jupyter_ollama.__all__
    assert [name for name in jupyter_ollama.__all__ if not hasattr(jupyter_ollama, name)] == []


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    assert not hasattr(jupyter_ollama, "Olama")


def test_ollama_offers_these_verbs() -> None:
    found = {name: getattr(Ollama, name) for name in dir(Ollama) if not name.startswith("_")}
    public = {name: value for name, value in found.items() if callable(value)}

    assert sorted(public) == [
        "chat",
        "check",
        "close",
        "complete",
        "content",
        "copy",
        "create",
        "create_from_file",
        "delete",
        "du",
        "embed",
        "files",
        "generate",
        "has_blob",
        "imatrix",
        "key",
        "list",
        "load",
        "map",
        "memory",
        "metadata",
        "next_tokens",
        "numbers",
        "prompt",
        "prune",
        "ps",
        "pull",
        "push",
        "recipe",
        "removal",
        "save",
        "score",
        "serve",
        "show",
        "stop",
        "stop_serving",
        "suggestions",
        "tags",
        "tensors",
        "upload",
        "verify",
    ]
    assert [name for name, value in public.items() if not inspect.getdoc(value)] == []


def test_star_import_brings_the_offered_names() -> None:
    program = f"from jupyter_ollama import *\nprint(sorted(set({jupyter_ollama.__all__!r}) - set(dir())))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")
