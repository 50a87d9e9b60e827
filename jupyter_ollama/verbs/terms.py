"""On what terms Python functions are called for a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import OptionError
from ..sentences import Sentence

if TYPE_CHECKING:
    from .approval import Approve

ROUNDS = 8
TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms functions are called.

    Args:
        approve: see ``Approval``; False leaves all calls to the caller.
        rounds: how often the model may ask for calls before it has to answer.
        timeout_s: what one call may take; None for as long as it likes.
    Raises: OptionError.
    """

    approve: Approve = None
    rounds: int = ROUNDS
    timeout_s: float | None = TIMEOUT_S

    def __post_init__(self) -> None:
        if isinstance(self.rounds, bool) or not isinstance(self.rounds, int) or self.rounds < 0:
            raise OptionError(
                Sentence("max_rounds cannot be %1.", f"{self.rounds!r:.100}"), hint="It is a whole number, 0 or more.",
                option="max_rounds", value=self.rounds,
            )  # fmt: skip
        limit = self.timeout_s
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1e6):
            raise OptionError(
                Sentence("tool_timeout cannot be %1.", f"{limit!r:.100}"), hint="It is a number of seconds above 0, or None for no limit.",
                option="tool_timeout", value=limit,
            )  # fmt: skip
