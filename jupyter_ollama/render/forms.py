"""``plain`` and ``html`` as everybody uses them: with the forms of every value, which these modules register when they are imported."""

from __future__ import annotations

from . import cards, editing, prompts, scores, upkeep
from .text import plain
from .views import html

REGISTERED = (cards, editing, prompts, scores, upkeep)

__all__ = ["REGISTERED", "html", "plain"]
