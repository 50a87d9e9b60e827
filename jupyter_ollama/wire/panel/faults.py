"""An error as a front end shows it: the sentence, the remedy, and facts for those who translate."""

from __future__ import annotations

from typing import Any

from ...errors import OllamaError
from .plain import plain, said

_LEFT_OUT = ("text", "status", "reason")


def fault(error: BaseException) -> dict[str, Any]:
    """Any error. What is not one of ours has its class and its text."""
    kind = type(error).__name__
    if isinstance(error, OllamaError):
        facts = {name: plain(value) for name, value in error.facts.items() if name not in _LEFT_OUT}
        hint = error.hint or ""
        words = [said(error.message), said(hint)]
        return {"kind": kind, "text": plain(error.message), "hint": plain(hint), "words": words, "facts": facts}
    words = plain(str(error))
    return {"kind": kind, "text": f"{kind}: {words}" if words else f"{kind}.", "hint": "", "facts": {}}
