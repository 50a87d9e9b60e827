"""What is pushed to front ends without being asked for.

    pushes      what waits to be pushed to one front end: the last state, not what led there
    topic       one thing that is watched: read again when something may have changed, told where it did
    watcher     folders of the disk, told of by the system
    topics      models, those in memory, runs: how each is read, and what is pushed of it
    feed        the topics of one Ollama, and what says that they may have changed

Nothing here asks regularly, except an engine elsewhere, which cannot tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....on_demand import on_demand

if TYPE_CHECKING:
    from .feed import Feed
    from .pushes import Pushes

__all__ = ["Feed", "Pushes"]

__getattr__ = on_demand(__name__, {"Feed": ".feed", "Pushes": ".pushes"})
