"""What a request says about the tokens of its answer, checked."""

from __future__ import annotations

from typing import Any

from ..engine.protocol import Form
from ..errors import OptionError
from ..schema import as_format
from ..scores import MAX_TOP
from ..sentences import Sentence


def form_of(wanted: Any, logprobs: bool, top_logprobs: int) -> Form:
    """The form of an answer: ``wanted`` is what people pass as format. Asking for the most probable tokens asks for log-probabilities, too.

    Raises: OptionError for a format that cannot be followed, and for more tokens than ``MAX_TOP``.
    """
    n_top = top(top_logprobs, "top_logprobs", MAX_TOP)
    return Form(as_format(wanted), n_top if logprobs or n_top else None)


def top(count: Any, name: str, most: int) -> int:
    """How many of the most probable tokens are wanted. Raises: OptionError."""
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= most:
        return count
    raise OptionError(
        Sentence("%1 is a whole number from 0 to %2, not %3.", name, f"{most:,}", f"{count!r:.40}"), hint="Ask for fewer.", option=name,
        value=repr(count)[:40], text=f"{name} must be between 0 and {most}",
    )  # fmt: skip
