"""Where samples are made: in this process, or by the workers of an executor, which may be on other machines.

A worker opens the models itself: from a store that it sees under the same path, or from a registry, where it pulls what it has not got, or
it asks an engine elsewhere. It is given and gives back plain values only.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import ExperimentError, OllamaError
from ..asking import Asking
from .samples import Cell, Plan, record_of

Answered = Iterator[tuple[Cell, dict[str, Any]]]
CHUNK = 8
"""Samples that a worker makes for one call."""
ALONE = 0
"""Samples at once, where no other one, of nobody else, may be evaluated beside it."""


@dataclass(frozen=True)
class Machine:
    """How a worker gets at models.

    Args:
        models: the folder of a store that all workers see; None: the worker's own.
        host: an engine elsewhere that all workers ask, instead of a store.
        registry: prefix of the models' names in a registry (``course.example:5000/library``): what a worker has not got is pulled from
            there and called by its short name.
        insecure: the registry may be reached without TLS.
    """

    models: str | None = None
    host: str | None = None
    registry: str = ""
    insecure: bool = False


@dataclass(frozen=True)
class Here:
    """Makes samples in this process, by an ``Ollama``."""

    ollama: Any
    at_once: int

    def answers(self, plan: Plan, cells: Sequence[Cell]) -> Answered:
        """Each sample as it is done."""
        with _alone(self.ollama) if self.at_once == ALONE else nullcontext(self.ollama) as asked:
            for cell, outcome in Asking(asked, self.at_once).answers(cells, plan.question):
                yield cell, record_of(outcome)


@dataclass(frozen=True)
class Workers:
    """Makes samples by the workers of an executor (``dask``'s, ``ipyparallel``'s, a pool of processes)."""

    executor: Executor
    machine: Machine
    at_once: int
    digests: dict[str, str] = field(default_factory=dict)

    def answers(self, plan: Plan, cells: Sequence[Cell]) -> Answered:
        """Each sample as its worker is done with it.

        Raises: ExperimentError if a worker has another model of that name.
        """
        ordered = sorted(cells, key=lambda cell: cell.key)
        chunks = [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]
        futures = [self.executor.submit(work, self.machine, self.digests, plan, chunk, self.at_once) for chunk in chunks]
        try:
            for future in as_completed(futures):
                yield from future.result()
        finally:
            for future in futures:
                future.cancel()


def work(
    machine: Machine, digests: dict[str, str], plan: Plan, cells: Sequence[Cell], at_once: int
) -> list[tuple[Cell, dict[str, Any]]]:
    """Make samples (in a worker).

    Raises: ExperimentError if the model here is not the one that is compared, OllamaError.
    """
    with importlib.import_module("jupyter_ollama").Ollama(machine.models, host=machine.host) as ollama:
        for name in {cell.model for cell in cells}:
            _have(ollama, name, digests.get(name, ""), machine)
        return list(Here(ollama, at_once).answers(plan, cells))


def _alone(ollama: Any) -> AbstractContextManager[Any]:
    """The same models in runners that nobody shares. An engine elsewhere is asked one thing at a time, and what else it does is its own."""
    if not hasattr(ollama, "engines"):
        return nullcontext(ollama)
    made: AbstractContextManager[Any] = type(ollama)(settings=replace(ollama.settings, runtime=None))
    return made


def _have(ollama: Any, name: str, digest: str, machine: Machine) -> None:
    """See to it that the model is there, and the right one."""
    if machine.registry and not _is_there(ollama, name, digest):
        source = f"{machine.registry.rstrip('/')}/{name}"
        ollama.pull(source, insecure=machine.insecure).result()
        ollama.copy(source, name)
    found = str(ollama.show(name).digest)
    if digest and found != digest:
        raise ExperimentError(
            f"a worker has another model under the name {name} ({found[:12]} instead of {digest[:12]}).",
            hint="Let all workers see one store, or give the registry that has this model.", name=name,
        )  # fmt: skip


def _is_there(ollama: Any, name: str, digest: str) -> bool:
    try:
        return not digest or str(ollama.show(name).digest) == digest
    except OllamaError:
        return False
