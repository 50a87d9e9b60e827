"""``score`` and ``next_tokens``: what a model holds for probable, without an answer."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager

from ..cancelling import CancelToken
from ..engine.protocol import Engine
from ..engine.scheduler import Engines
from ..events import Event, Progress
from ..scores import MAX_TOP, Distributions, Scores
from ..settings import Settings
from ..store import Store
from .answer import Request, request, template_of
from .capabilities import check
from .form import top
from .resolve import resolve

Text = str | Sequence[int]
MAX_NEXT = 10_000


def texts_of(given: Text | Iterable[Text]) -> list[Text]:
    """One text or several; each is a text or the tokens of one. Raises: TypeError."""
    if isinstance(given, str):
        return [given]
    texts = list(given)
    if texts and all(isinstance(one, int) and not isinstance(one, bool) for one in texts):
        return [texts]  # type: ignore[list-item]  # numbers, as was just seen
    for one in texts:
        if not isinstance(one, str) and not (isinstance(one, Sequence) and all(isinstance(token, int) for token in one)):
            raise TypeError(f"a text is a str or a list of tokens, not {type(one).__name__}")
    return texts  # type: ignore[return-value]


def score(
    store: Store, engines: Engines, settings: Settings, model: str, texts: Sequence[Text], *,
    after: Text = "", top_logprobs: int = 0,
    options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Scores]:  # fmt: skip
    """How probable the tokens of texts are. They are evaluated together, as many at once as the engine can.

    Args:
        after: what stands before each text, and is not scored.
    Raises: ModelNotFound, NotSupported, OptionError, ContextFull, EngineError and its kin, Cancelled.
    """
    n_top = top(top_logprobs, "top_logprobs", MAX_TOP)
    wanted = yield from _wanted(store, settings, model, options, keep_alive_s, cancel)
    with _loaded(engines, wanted, cancel) as engine:
        before = list(_ids(engine, after)) if after else []
        read = [[*before, *_ids(engine, text, begins=not before)] for text in texts]
        return Scores(engine.score(read, [len(before)] * len(read), n_top, wanted.options))


def next_tokens(
    store: Store, engines: Engines, settings: Settings, model: str, texts: Sequence[Text], *,
    n_top: int = MAX_TOP, options: dict[str, object] | None = None, keep_alive_s: float | None = None, cancel: CancelToken,
) -> Generator[Event, None, Distributions]:  # fmt: skip
    """What may follow each text: the log-probabilities of all tokens, ``n_top`` of them by name.

    Raises: ModelNotFound, NotSupported, OptionError, ContextFull, EngineError and its kin, Cancelled.
    """
    named = top(n_top, "top", MAX_NEXT)
    wanted = yield from _wanted(store, settings, model, options, keep_alive_s, cancel)
    with _loaded(engines, wanted, cancel) as engine:
        return Distributions(engine.next_tokens([list(_ids(engine, text)) for text in texts], named, wanted.options))


def _wanted(
    store: Store, settings: Settings, model: str, options: dict[str, object] | None, keep_alive_s: float | None, cancel: CancelToken
) -> Generator[Event, None, Request]:
    stored = yield from resolve(store, model, cancel)
    wanted = request(stored, options, keep_alive_s, settings)
    check(stored, template_of(stored, settings), "score texts")
    yield Progress("loading", facts={"what": str(stored.name)})
    return wanted


@contextmanager
def _loaded(engines: Engines, wanted: Request, cancel: CancelToken) -> Iterator[Engine]:
    with engines.acquire(wanted.files, wanted.options, keep_alive=wanted.keep_alive_s, cancel=cancel) as engine:
        yield engine


def _ids(engine: Engine, text: Text, *, begins: bool = True) -> Sequence[int]:
    return engine.tokenize(text, add_special=begins) if isinstance(text, str) else text
