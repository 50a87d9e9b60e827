"""Does the converted tokenizer split text as the original does? Asked where the package `tokenizers` can read the original."""

from __future__ import annotations

import os
from pathlib import Path

from ....convert import PROBES, ids_of
from ..llama import lib
from ..vocabulary import Vocabulary
from .library_log import listening


def other_ids(path: Path, folder: Path) -> tuple[str, ...]:
    """A note about texts that the finished file splits otherwise than its source does; nothing when there are none."""
    theirs = ids_of(folder, PROBES, special=False)
    if theirs is None:
        return ()
    ours = _ids(path)
    other = [text for text, one, two in zip(PROBES, ours, theirs, strict=True) if one != two]
    if not other:
        return ()
    example = " ".join(other[0].split())[:40]
    return (f"llama.cpp splits {len(other)} of {len(PROBES)} test texts otherwise than the model's own tokenizer, such as {example!r}.",)


def _ids(path: Path) -> list[list[int]]:
    parameters = lib.llama_model_default_params()
    parameters.vocab_only = True
    with listening(lambda line: None):
        model = lib.llama_model_load_from_file(os.fsencode(path), parameters)
        try:
            vocabulary = Vocabulary(model)
            return [vocabulary.tokenize(text.encode(), add_special=False, parse_special=False) for text in PROBES]
        finally:
            lib.llama_model_free(model)
