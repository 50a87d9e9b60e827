"""What the verbs work with, and how a quick one is waited for."""

from __future__ import annotations

from typing import TypeVar

from ..engine.scheduler import Engines
from ..registry import Registry
from ..run import Run, Work
from ..runs import Runs
from ..settings import Settings
from ..store import Store

T = TypeVar("T")


class Held:
    """What the verbs of an ``Ollama`` work with."""

    settings: Settings
    store: Store
    registry: Registry
    engines: Engines
    runs: Runs


def now(work: Work[T]) -> T:
    """Wait for a verb that is quick as a rule (the first use of ``pocket`` is not)."""
    return Run.start(work).result()
