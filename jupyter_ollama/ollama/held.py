"""What the verbs work with, and how a quick one is waited for."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ..engine.scheduler import Engines
from ..run import Run, Work
from ..runs import Runs
from ..settings import Settings
from ..store import Store

if TYPE_CHECKING:
    from ..registry import Registry

T = TypeVar("T")


class Held:
    """What the verbs of an ``Ollama`` work with."""

    settings: Settings
    store: Store
    engines: Engines
    runs: Runs

    @cached_property
    def registry(self) -> Registry:
        """The door to registries; made when it is first needed."""
        made: Registry = importlib.import_module(".access", __package__).registry(self.settings)
        return made


def now(work: Work[T]) -> T:
    """Wait for a verb that is quick as a rule (the first use of ``pocket`` is not)."""
    return Run.start(work).result()
