"""The last look at a finished file, so that nothing enters the store that llama.cpp would refuse to load."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ....errors import GGUFError, LoadError
from ....gguf import read_index, validate
from ....sentences import Sentence
from ..llama import lib
from .library_log import listening

Look = Callable[[Any], None]


def verify(path: Path, source: Path, look: Look | None = None) -> None:
    """Read the header again and let llama.cpp set up the model without its weights.

    Args:
        source: what the user knows it by.
        look: called with the model that was set up, if it is one with a vocabulary.
    Raises: GGUFError for content that cannot be run; LoadError when llama.cpp refuses the file.
    """
    try:
        index = read_index(path)
        validate(index)
    except GGUFError as error:
        message = error.message.replace(str(path), f"The model made from {source}")
        raise GGUFError(message, hint=error.hint, path=source) from error
    if index.metadata.get("general.type", "model") == "model" and index.architecture != "clip":
        _load(path, source, look)


def _load(path: Path, source: Path, look: Look | None) -> None:
    """A load that checks the vocabulary, every tensor's presence and shape, and allocates nothing."""
    parameters = lib.llama_model_default_params()
    parameters.no_alloc = True
    parameters.load_mode = lib.LLAMA_LOAD_MODE_NONE
    parameters.n_gpu_layers = 0
    with listening(lambda line: None) as log:
        model = lib.llama_model_load_from_file(os.fsencode(path), parameters)
    if not model:
        raise LoadError(
            Sentence("llama.cpp cannot load the model made from %1: %2.", source, Sentence.of(log.reason() or "it gives no reason")),
            hint="The source is incomplete or unusual; nothing was stored.", path=source, log=list(log.errors),
        )  # fmt: skip
    try:
        if look:
            look(model)
    finally:
        lib.llama_model_free(model)
