"""A message of a front end as a request. Whatever it holds, it is read or refused with a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import BadRequest

MAX_ID = 1 << 53
MAX_VERB = 64


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and the number under which the answer is expected."""

    id: int
    verb: str
    args: dict[str, Any]


def read(message: Any) -> Request:
    """Raises: BadRequest, with the request's ``id`` if that can be read."""
    if not isinstance(message, dict):
        raise refusal("a message is an object with id, verb and args.")
    id, verb, args = message.get("id"), message.get("verb"), message.get("args")  # noqa: A001 (the protocol's name)
    if not isinstance(id, int) or isinstance(id, bool) or not 0 < id <= MAX_ID:
        raise refusal("the id of a request is a whole number above 0.")
    if not isinstance(verb, str) or not 0 < len(verb) <= MAX_VERB:
        raise refusal("the verb of a request is a short text.", id)
    if not (args is None or isinstance(args, dict)):
        raise refusal(f"the args of {verb} are an object.", id)
    return Request(id, verb, args or {})


def refusal(text: str, id: int | None = None, hint: str | None = None) -> BadRequest:  # noqa: A002 (the protocol's name)
    """The error for a message that does not follow the protocol."""
    return BadRequest(text, hint=hint, id=id, text=text, status=400)
