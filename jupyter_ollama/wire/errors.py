"""An error as Ollama answers it: HTTP's number, and ``{"error": "..."}`` with Ollama's own words where it has some.

What we can say beyond that stands beside it as ``hint``; clients that do not know it pass over it.
"""

from __future__ import annotations

from .. import errors
from .answers import Json

CANCELLED = 499
_STATUS: dict[type[errors.OllamaError], int] = {
    errors.InvalidName: 400,
    errors.ModelNotFound: 404,
    errors.ModelfileError: 400,
    errors.OptionError: 400,
    errors.TemplateError: 400,
    errors.NotSupported: 400,
    errors.Unsupported: 501,
    errors.SourceError: 400,
    errors.DigestMismatch: 400,
    errors.BlobNotFound: 400,
    errors.ReadOnlyStore: 403,
    errors.ContextFull: 400,
    errors.EngineBusy: 503,
    errors.BadRequest: 400,
    errors.Cancelled: CANCELLED,
}
_TOO_LONG = (
    "the prompt is longer than the context length currently available to the model; shorten the prompt, "
    "or raise num_ctx: it has {n_tokens} tokens, the context {n_ctx}"
)


def status_of(error: errors.OllamaError) -> int:
    """HTTP's number for an error; 500 where nobody but this machine is to blame."""
    if isinstance(error, errors.BadRequest):
        return int(error.facts.get("status", 400))
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def text_of(error: errors.OllamaError, model: str = "") -> str:
    """Ollama's words for an error. ``model`` is the name that was asked for."""
    if "text" in error.facts:
        return str(error.text)
    if isinstance(error, errors.ModelNotFound):
        return f"model '{model or error.facts.get('name', '')}' not found"
    if isinstance(error, errors.Cancelled):
        return "request canceled"
    if isinstance(error, errors.ContextFull) and "n_tokens" in error.facts and "text" not in error.facts:
        return _TOO_LONG.format_map(error.facts)
    if isinstance(error, errors.DigestMismatch) and "expected" in error.facts:
        return f'digest mismatch, expected "{error.expected}", got "{error.actual}"'
    if isinstance(error, errors.TemplateError):
        return f"template error: {error.message}"
    return error.message


def body(error: errors.OllamaError, model: str = "") -> Json:
    """The JSON that answers a request that failed, and the last line of a stream that did."""
    text = text_of(error, model)
    hint = error.hint or ""
    return {"error": text, "hint": hint} if hint and hint not in text else {"error": text}
