"""Models that come from a registry and go to one."""

from __future__ import annotations

from typing import Any

from ...models import ModelSummary, Pushed
from ...wire.panel import editor, results
from .ask import Ask, Started


def suggestions(ask: Ask) -> list[dict[str, Any]]:
    """See ``Verbs.suggestions``."""
    return [editor.suggestion(one) for one in ask.ollama.suggestions()]


def pull(ask: Ask) -> Started[ModelSummary]:
    """See ``Verbs.pull``."""
    return Started(ask.ollama.pull(ask.text("name"), insecure=ask.flag("insecure", False)), results.result)


def push(ask: Ask) -> Started[Pushed]:
    """See ``Verbs.push``."""
    return Started(ask.ollama.push(ask.text("name"), insecure=ask.flag("insecure", False)), results.result)
