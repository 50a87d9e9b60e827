"""The store of an Ollama that the whole machine shares: a second place to find models in, which is only read.

What it cannot be read for (no such folder, no permission) counts as not being there: nobody asked for it.
"""

from __future__ import annotations

import contextlib

from ..errors import ReadOnlyStore, StoreError
from ..models import ModelSummary
from ..names import ModelName
from ..sentences import Sentence
from .reader import StoreReader


class ServiceStore(StoreReader):
    """A store of somebody else."""

    def names(self) -> list[ModelName]:
        """The names in it."""
        with contextlib.suppress(StoreError):
            return self.tags.names()
        return []

    def has(self, name: ModelName) -> bool:
        with contextlib.suppress(StoreError):
            return super().has(name)
        return False

    def models(self, first: int | None = None) -> list[ModelSummary]:
        """All models in it that can be read; the ``first`` ones by name."""
        with contextlib.suppress(StoreError):
            return super().models(first)
        return []

    def refusal(self, name: ModelName) -> ReadOnlyStore:
        """The error for changing what lies in it."""
        short = str(name).removesuffix(":latest")
        return ReadOnlyStore(
            Sentence("model %1 is in the system-wide store at %2, which is only read here.", repr(short), self.root),
            hint=Sentence("Remove it with Ollama itself: ollama rm %1.", short), name=str(name), path=self.root,
        )  # fmt: skip
