"""What the build made of ``labextension/src/widgets``: for each widget a module and a style sheet, in ``jupyter_ollama/static``."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path

from ...errors import OllamaError

FOLDER = Path(str(importlib.import_module("jupyter_ollama").__file__)).parent / "static"


@functools.cache
def read(name: str, folder: Path = FOLDER) -> str:
    """The text of a built file, such as ``chat.js``.

    Raises: OllamaError where nothing was built.
    """
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        hint = "Install the package (pip install .), or build it: cd labextension && jlpm install && jlpm build."
        raise OllamaError(f"the front end of the widgets is not built: there is no {folder / name}.", hint=hint) from error
