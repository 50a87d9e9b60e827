"""``plain`` and ``html`` as everybody uses them: with the forms of every value, which these modules register when they are imported."""

from __future__ import annotations

from . import cards as cards
from . import editing as editing
from . import prompts as prompts
from . import scores as scores
from . import upkeep as upkeep
from .text import plain
from .views import html

__all__ = ["html", "plain"]
