"""``%load_ext``, ``%reload_ext`` and ``%unload_ext``."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

HEAVY = ("gguf", "httpx", "jinja2", "llama_cpp", "numpy", "safetensors", "tornado", "tqdm", "asyncio", "ipywidgets")


def traces(ip: InteractiveShell) -> dict[str, Any]:
    """All that an extension can leave in a shell."""
    return {
        "magics": {kind: dict(names) for kind, names in ip.magics_manager.magics.items()},
        "registry": dict(ip.magics_manager.registry),
        "matchers": list(ip.Completer.custom_matchers),
        "events": {name: list(callbacks) for name, callbacks in ip.events.callbacks.items()},
        "variables": set(ip.user_ns),
    }


def test_unloading_leaves_nothing_behind(ip: InteractiveShell) -> None:
    ip.find_line_magic("reload_ext")  # IPython's own magics are there when one of them was looked for
    before = traces(ip)

    ip.run_line_magic("load_ext", "jupyter_ollama")
    assert {"chat", "modelfile"} <= set(ip.magics_manager.magics["cell"])
    assert {"ollama", "ollama_create"} <= set(ip.magics_manager.magics["line"])
    ip.run_line_magic("reload_ext", "jupyter_ollama")
    ip.run_line_magic("unload_ext", "jupyter_ollama")

    assert before == traces(ip)


def test_loading_twice_is_loading_once(ip: InteractiveShell) -> None:
    import jupyter_ollama

    jupyter_ollama.load_ipython_extension(ip)
    once = traces(ip)
    jupyter_ollama.load_ipython_extension(ip)
    assert once == traces(ip)

    jupyter_ollama.unload_ipython_extension(ip)
    jupyter_ollama.unload_ipython_extension(ip)


def test_loading_imports_nothing_heavy() -> None:
    program = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance();"
        "before = set(sys.modules); shell.run_line_magic('load_ext', 'jupyter_ollama');"
        f"heavy = {HEAVY!r}; print([name for name in sorted(set(sys.modules) - before) if name.partition('.')[0] in heavy])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
