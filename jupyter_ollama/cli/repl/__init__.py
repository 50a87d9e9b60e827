"""The conversation of ``run``: what is typed is asked, what begins with a slash is done.

    conversation the loop: read, ask or obey
    session      what the conversation has: model, messages, settings
    reader       reading from the terminal: keys, multi-line texts
    history      what was typed before, in Ollama's file
    orders       /set, /show, /load, /save, /clear ...
    help         what /? says
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...on_demand import on_demand

if TYPE_CHECKING:
    from .conversation import converse

__all__ = ["converse"]

__getattr__ = on_demand(__name__, {"converse": ".conversation"})
