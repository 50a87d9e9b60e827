"""An error as OpenAI's clients expect it."""

from __future__ import annotations

from ... import errors
from ..answers import Json
from ..errors import status_of, text_of

_TYPES = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error"}


def body(error: errors.OllamaError, model: str = "") -> Json:
    """The JSON of a request that failed."""
    status = status_of(error)
    hint = error.hint or ""
    text = text_of(error, model)
    said = {"message": text, "type": _TYPES.get(status, "api_error"), "param": None, "code": None}
    return {"error": {**said, "hint": hint} if hint and hint not in text else said}
