"""``embed``: texts to vectors."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence

from ..cancelling import CancelToken
from ..embeddings import Embeddings
from ..engine.scheduler import Engines
from ..errors import OptionError
from ..events import Event, Progress, Statistics
from ..sentences import Sentence
from ..settings import Settings
from ..store import Store
from .answer import request
from .load import load
from .resolve import resolve


def embed(
    store: Store, engines: Engines, settings: Settings, name: str, texts: Sequence[str], *, truncate: bool = True, dimensions: int = 0,
    normalized: bool = True, options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Embeddings]:  # fmt: skip
    """Make a vector of each text, as many at once as are worth it; without a text, only load the model.

    Args:
        truncate: cut off the end of a text that is longer than the context; without it that is an error.
        dimensions: how many numbers of each vector to keep; 0, or more than there are, keeps all.
        normalized: bring every vector to length 1.
    Raises: ModelNotFound, OptionError, ContextFull, EngineError and its kin, Cancelled.
    """
    if dimensions < 0:
        raise OptionError(
            Sentence("dimensions cannot be %1.", dimensions), hint="Leave it out to keep all.", option="dimensions", value=dimensions
        )
    stored = yield from resolve(store, name, cancel)
    wanted = request(stored, options, keep_alive_s, settings)
    if not texts:
        done = yield from load(engines, wanted, cancel)
        return Embeddings((), done.model, stored.digest, done.statistics)
    started = time.perf_counter_ns()
    yield Progress("loading", facts={"what": str(stored.name)})
    # how long a text may be is a matter of the request: no model is loaded anew for it
    loading = {name: value for name, value in wanted.options.items() if name != "num_ctx"}
    with engines.acquire(wanted.files, loading, keep_alive=wanted.keep_alive_s, cancel=cancel) as engine:
        loaded = time.perf_counter_ns()
        vectors, n_tokens = engine.embed(texts, wanted.options, truncate=truncate, width=dimensions, normalized=normalized)
    ended = time.perf_counter_ns()
    statistics = Statistics(
        total_duration=ended - started, load_duration=loaded - started, prompt_eval_count=n_tokens, prompt_eval_duration=ended - loaded,
    )  # fmt: skip
    return Embeddings(tuple(vectors), str(stored.name), stored.digest, statistics)
