"""Whether a function may be called as the model asks: whoever waits is asked, unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable

from .. import render
from ..cancelling import CancelToken
from ..errors import OllamaError, OptionError
from ..messages import ToolCall
from ..sentences import Sentence

Verdict = bool | str
"""True, False, or no with words for the model."""

Approve = bool | Callable[[ToolCall], Verdict] | None


class Approval:
    """Decides call by call.

    Args:
        approve: True allows all; a function decides; None asks the person who waits for the run with ``input()``.
    Raises: OptionError for anything else.
    """

    def __init__(self, approve: Approve, cancel: CancelToken) -> None:
        if not (approve is None or isinstance(approve, bool) or callable(approve)):
            raise OptionError(
                Sentence("approve cannot be %1.", f"{approve!r:.100}"), hint="It is True, False, or a function that takes a ToolCall.",
                option="approve", value=approve,
            )  # fmt: skip
        self._decide: Callable[[ToolCall], Verdict] = approve if callable(approve) else self._asked
        self._all = approve is True
        self._cancel = cancel

    def of(self, call: ToolCall) -> Verdict:
        """Raises: what the deciding function raises; OllamaError where nobody can be asked; Cancelled."""
        return self._all or self._decide(call)

    def _asked(self, call: ToolCall) -> Verdict:
        answer = self._cancel.ask(lambda: _answer(call)).strip()
        word = answer.lower()
        self._all = word in ("a", "all")
        if self._all or word in ("y", "yes"):
            return True
        return False if word in ("", "n", "no") else answer


def _answer(call: ToolCall) -> str:
    """What the person types. Anything but yes and all is no, and words are passed on to the model."""
    shown = render.calls([call]).removeprefix("→ ")
    try:
        return input(f"Run {shown}? [y]es, [n]o, [a]ll: ")
    except (EOFError, NotImplementedError, OSError, RuntimeError) as error:  # no terminal, no front end that could ask
        raise OllamaError(
            Sentence("%1 was not run: nobody can be asked here.", call.name),
            hint="Pass approve=True to run what the model asks for, or a function that decides; with %%chat, --yes.", name=call.name,
        ) from error  # fmt: skip
