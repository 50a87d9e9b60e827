"""What a front end can ask, and what it is answered: one function a verb.

    VERBS["copy"](Ask(ollama, "copy", {"source": "mario", "destination": "luigi"}))

A handler takes an ``Ask`` and returns what is answered at once, as JSON, or a ``Started`` for work whose events are to travel. It runs on
a thread of its own beside the kernel's cells, several at once, and raises what goes wrong. How messages travel is no matter of this
folder (``comms``); it serves the panel and the widgets. A new verb is one line in ``verbs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...on_demand import on_demand

if TYPE_CHECKING:
    from .ask import Ask, Started
    from .verbs import VERBS, Handler

__all__ = ["VERBS", "Ask", "Handler", "Started"]

__getattr__ = on_demand(__name__, {"Ask": ".ask", "Handler": ".verbs", "Started": ".ask", "VERBS": ".verbs"})
