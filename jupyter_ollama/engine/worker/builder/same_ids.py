"""Does the converted tokenizer split text as the original does? Asked where the package `tokenizers` can read the original."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ....convert import PROBES, ids_of
from ....sentences import Sentence
from ..vocabulary import Vocabulary


class SameIds:
    """The ids of some texts by the folder's own tokenizer; read before the model is set up, so that both are not in memory at once."""

    def __init__(self, folder: Path | None) -> None:
        self._theirs = ids_of(folder, PROBES, special=False) if folder else None
        self.notes: list[str] = []

    def look(self, model: Any) -> None:
        """Note how many texts a model splits otherwise."""
        if self._theirs is None:
            return
        vocabulary = Vocabulary(model)
        ours = [vocabulary.tokenize(text.encode(), add_special=False, parse_special=False) for text in PROBES]
        other = [text for text, one, two in zip(PROBES, ours, self._theirs, strict=True) if one != two]
        if other:
            example = " ".join(other[0].split())[:40]
            self.notes.append(
                Sentence(
                    "llama.cpp splits %1 of %2 test texts otherwise than the model's own tokenizer, such as %3.",
                    len(other), len(PROBES), repr(example),
                )
            )
