"""``memory``: what it takes to run a model, in the type that it has and in others, with several context lengths."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ..cancelling import CancelToken
from ..engine.budget import estimate
from ..engine.protocol import MIN_N_CTX
from ..engine.scheduler import Engines
from ..errors import OptionError
from ..events import Event
from ..needs import MemoryNeed, MemoryNeeds
from ..quantization import parse_quantization
from ..sentences import Sentence
from ..settings import Settings
from ..store import Store
from .answer import request
from .resolve import resolve
from .suggest import fits


def needs(
    store: Store, engines: Engines, settings: Settings, name: str, types: Sequence[str], contexts: Sequence[int], cancel: CancelToken
) -> Generator[Event, None, MemoryNeeds]:
    """The model as it is, then in other types, each with several contexts (those beyond what it was trained for are left out).

    Raises: ModelNotFound, QuantizationError, OptionError for a context that is none.
    """
    stored = yield from resolve(store, name, cancel)
    wanted = [parse_quantization(kind) for kind in types]
    for n_ctx in contexts:
        if not isinstance(n_ctx, int) or n_ctx < MIN_N_CTX:
            raise OptionError(
                Sentence("%1 is no context length.", f"{n_ctx!r:.40}"), hint=Sentence("Give whole numbers from %1 on.", MIN_N_CTX)
            )
    asked = request(stored, {}, None, settings)
    room = engines.whole_room_bytes()
    rows: list[MemoryNeed] = []
    own = (stored.config.file_type, None)
    for label, bits in (own, *((kind.name, kind.bits) for kind in wanted if kind.name != stored.config.file_type)):
        for n_ctx in contexts:
            need = estimate(asked.files, {**asked.options, "num_ctx": n_ctx}, engines.setup).least
            if need.n_ctx < n_ctx and rows and any(row.type == label and row.n_ctx == need.n_ctx for row in rows):
                continue
            weights = need.weights_bytes if bits is None else int(need.shape.n_parameters * bits / 8)
            parts = weights, need.cache_bytes(need.n_ctx), need.compute_bytes(need.n_ctx)
            rows.append(MemoryNeed(label, need.n_ctx, *parts, room, fits(sum(parts), room), bits is not None))
    return MemoryNeeds(str(stored.name), rows)
