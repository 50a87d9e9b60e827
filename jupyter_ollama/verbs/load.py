"""Loading and unloading on request: what ``chat`` does without messages, and ``generate`` without a prompt."""

from __future__ import annotations

import time
from collections.abc import Generator

from ..cancelling import CancelToken
from ..engine.scheduler import Engines
from ..events import Done, Event, Progress, Statistics
from ..messages import Message
from ..store import StoredModel
from .answer import Request


def load(engines: Engines, wanted: Request, cancel: CancelToken) -> Generator[Event, None, Done]:
    """Load the model, so that the next answer begins at once. ``done_reason`` of the result is ``load``.

    Raises: LoadError, EngineCrashed, Cancelled.
    """
    started, model = time.perf_counter_ns(), wanted.model
    if wanted.keep_alive_s == 0:
        return unload(engines, model)
    yield Progress("loading", facts={"what": str(model.name)})
    with engines.acquire(wanted.files, wanted.options, keep_alive=wanted.keep_alive_s, cancel=cancel):
        taken = time.perf_counter_ns() - started
    return Done(
        Message("assistant"), str(model.name), "load", Statistics(total_duration=taken, load_duration=taken),
        digest=model.digest, options=dict(wanted.options),
    )  # fmt: skip


def unload(engines: Engines, model: StoredModel) -> Done:
    """Take a model out of memory, whatever it is able to do; nothing is loaded for that. ``done_reason`` is ``unload``."""
    engines.stop(model.digest)
    return Done(Message("assistant"), str(model.name), "unload", Statistics(), digest=model.digest)
