"""config.json as one view, whatever dialect it is written in.

Text models nested in multimodal ones (``text_config``) are lifted up, defaults of the architecture fill in what transformers
leaves out, and names that begin with ``@`` are computed: ``@head_dim``, ``@rope.factor``, ``@vocab_size`` ...
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..sentences import Sentence

NESTED = ("text_config", "llm_config", "language_config", "lm_config")
MOST = 1 << 31


class ConfigView:
    """Values of one config.json, checked as they are asked for.

    Args:
        raw: the file's content.
        path: the file, for errors.
        defaults: what applies to values that are not written down.
        views: the names that begin with ``@`` and how they are computed; ``@group.key`` looks into a mapping.
    """

    def __init__(
        self,
        raw: Mapping[str, Any],
        path: Path,
        defaults: Mapping[str, Any],
        views: Mapping[str, Callable[[ConfigView], Any]],
    ) -> None:
        self.raw = lifted(raw)
        self.full = {**defaults, **{name: value for name, value in self.raw.items() if value is not None}}
        self.path = path
        self._views = views
        self._seen: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """A value, or None. A view is computed once."""
        if not name.startswith("@"):
            return self.full.get(name)
        group, _, key = name[1:].partition(".")
        if group not in self._seen:
            self._seen[group] = self._views[group](self)
        return self._seen[group].get(key) if key else self._seen[group]

    def first(self, names: tuple[str, ...]) -> Any:
        """The first value that is there, or None."""
        return next((value for name in names if (value := self.get(name)) is not None), None)

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number from 0 on.

        Raises: SourceError.
        """
        value = self.get(name)
        value = default if value is None else value
        if value is None:
            raise self.missing(name)
        if type(value) is not int or not 0 <= value < MOST:
            raise self.fail(Sentence("%1 is %2, not a whole number", name.lstrip("@"), repr(value)))
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A finite number.

        Raises: SourceError.
        """
        value = self.get(name)
        value = default if value is None else value
        if value is None:
            raise self.missing(name)
        if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > 3e38:
            raise self.fail(Sentence("%1 is %2, not a number", name.lstrip("@"), repr(value)))
        return float(value)

    def positive(self, name: str, default: float | None = None) -> float:
        """A number above zero.

        Raises: SourceError.
        """
        value = self.number(name, default)
        if value <= 0:
            raise self.fail(Sentence("%1 is %2", name.lstrip("@"), repr(value)), "It must be above zero.")
        return value

    def missing(self, name: str) -> SourceError:
        """The error for a value that is needed."""
        return self.fail(Sentence("it does not say %1", name.lstrip("@")), "Add it, or download the model's config.json again.")

    def fail(self, what: str, hint: str = "Download the model's config.json again.") -> SourceError:
        """An error about this config."""
        return SourceError(Sentence("%1 cannot be used: %2.", self.path, Sentence.of(what)), hint=hint, path=self.path)


def lifted(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The config with a nested text model's values at its root."""
    for name in NESTED:
        nested = raw.get(name)
        if isinstance(nested, dict):
            return {**raw, **nested}
    return raw
