"""What an editor of Modelfiles is told: what is wrong and where, what its parts are, and what could stand at the cursor."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from .pieces import Pieces
from .shown import Fields, Shown

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Mark(Fields):
    """Something is wrong, or perhaps not meant, in a part of a text. Lines and columns count from 1, columns in characters."""

    line: int
    column: int
    end_line: int
    end_column: int
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Checked(Shown):
    """A Modelfile that was looked through to its end. ``pieces`` are its text with its parts named."""

    text: str
    marks: tuple[Mark, ...] = ()
    pieces: Pieces = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether it can be used: there may be warnings."""
        return not any(mark.severity == "error" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class ModelfileText(Shown):
    """A Modelfile that is being written, for those who only look. ``pieces`` are its text with its parts named."""

    text: str
    name: str = ""
    pieces: Pieces = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Completion(Fields):
    """A word that could stand at the cursor: what it is in a word or two, and in a sentence or more."""

    label: str
    detail: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Completions(Shown):
    """What could take the place of the characters from column ``start`` (from 0) of the cursor's line to the cursor."""

    start: int
    items: tuple[Completion, ...] = ()


def best(fragment: str, candidates: Iterable[str]) -> list[str]:
    """Candidates that begin with the fragment in any case, else those that are nearly it."""
    known = list(dict.fromkeys(candidates))
    fits = [text for text in known if text.lower().startswith(fragment.lower())]
    if fits or len(fragment) < 3:
        return fits
    rated = {text: difflib.SequenceMatcher(None, fragment.lower(), text.lower()).ratio() for text in known}
    limit = max(0.6, max(rated.values(), default=1.0) - 0.1)
    return [text for text in known if rated[text] >= limit]
