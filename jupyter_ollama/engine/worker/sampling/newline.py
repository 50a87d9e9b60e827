"""penalize_newline: lines may end as often as they like, whatever else is penalized."""

from __future__ import annotations

from typing import Any

import numpy as np

from .custom import Custom, candidates_of


class Newline:
    """Two samplers around the penalties: ``before`` remembers the logit of the token that ends a line, ``after`` gives it back."""

    def __init__(self, token: int) -> None:
        self._token = token
        self._logit = 0.0
        self.before, self.after = Custom(self._remember), Custom(self._restore)

    def _remember(self, array: Any) -> None:
        self._logit = next(iter(candidates_of(array)["logit"][self._places(array)]), 0.0)

    def _restore(self, array: Any) -> None:
        candidates_of(array)["logit"][self._places(array)] = self._logit

    def _places(self, array: Any) -> Any:
        """Where among the candidates the token is, if it is there."""
        return np.flatnonzero(candidates_of(array)["id"] == self._token)
