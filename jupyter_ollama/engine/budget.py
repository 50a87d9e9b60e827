"""What a model will take, known from its file's header before it is loaded, and what to do where that is too much.

Weights count by the size of their files, the cache by what llama.cpp stores for each token, the working space by the largest things it
keeps while it evaluates a batch. Models that keep a state of fixed size need a little more than is said here.
"""

from __future__ import annotations

import bisect
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from .. import gguf
from ..errors import GGUFError, LoadError, OllamaError
from ..options import Options
from ..quantization import parse_quantization
from ..sentences import Sentence, together
from .memory import available_bytes
from .protocol import CHEAP_BYTES, DEFAULT_N_CTX, MAX_CONTEXTS, MAX_OUTPUTS, MAX_SEQUENCES, MAX_UBATCH, ModelFiles, context_length
from .record import LOADING, Record
from .setup import CACHE_TYPES, Setup

GIB = 1 << 30
STEP = 256
"""Contexts that are suggested are multiples of it."""
_SUGGESTED = ("q8_0", "q6_K", "q5_K_M", "q4_K_M", "q3_K_M", "q2_K")
"""Types that can be suggested, best first."""
_GPU_LIBRARIES = ("cuda", "hip", "vulkan", "metal", "sycl", "cann", "opencl", "musa")


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model that decide on its needs; all 0 where its header cannot be read."""

    n_ctx_train: int = 0
    n_layer: int = 0
    n_vocab: int = 0
    n_embd: int = 0
    n_ff: int = 0
    n_head: int = 0
    n_cached: int = 0
    """Numbers that are kept for each token of the context."""
    n_parameters: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """What it takes to run a model, and how that depends on the context; ``n_contexts`` are held at once. Units: bytes and tokens."""

    weights_bytes: int
    n_ctx: int
    n_contexts: int
    shape: Shape
    setup: Setup
    n_ubatch: int
    draft: Shape = Shape()
    """That of a draft model, whose weights are among the others."""

    @property
    def least(self) -> Need:
        """The same with no more contexts than were asked for."""
        return replace(self, n_contexts=max(1, self.setup.num_parallel))

    @property
    def total_bytes(self) -> int:
        return self.with_context(self.n_ctx)

    def cache_bytes(self, n_ctx: int) -> int:
        """The keys and values of all contexts."""
        return int(n_ctx * self.n_contexts * (self.shape.n_cached + self.draft.n_cached) * CACHE_TYPES[self.setup.cache_type])

    def compute_bytes(self, n_ctx: int) -> int:
        """The working space: what goes through a layer for each token of a batch, which places of the cache it may look at, how much it
        looks at each of them (where attention is not computed piece by piece), and logits."""
        return self._compute_bytes(self.shape, n_ctx) + (self._compute_bytes(self.draft, n_ctx) if self.draft.n_layer else 0)

    def _compute_bytes(self, shape: Shape, n_ctx: int) -> int:
        cells = n_ctx * self.n_contexts
        attention = cells * (4 * shape.n_head + 2 if self.setup.flash_attention is False else 0) + 2 * cells
        layer = self.n_ubatch * (4 * (4 * shape.n_embd + 3 * shape.n_ff) + attention)
        logits = 4 * shape.n_vocab
        return max(layer, min(self.n_ubatch, MAX_OUTPUTS) * logits) + MAX_SEQUENCES * logits

    def with_context(self, n_ctx: int) -> int:
        """All of it, if the context were so long."""
        return self.weights_bytes + self.cache_bytes(n_ctx) + self.compute_bytes(n_ctx)


def estimate(model: ModelFiles, options: Options, setup: Setup) -> Need:
    """What this model will take. A file that cannot be read needs nothing: llama.cpp says what is wrong with it."""
    shape = _shape(model.path)
    n_ctx = context_length(_whole(options, "num_ctx", 0), shape.n_ctx_train)
    n_ubatch = max(1, min(_whole(options, "num_batch", 512), n_ctx, MAX_UBATCH))
    drafts = () if model.draft is None else (model.draft,)
    weights = sum(_size(path) for path in (*(model.shards or (model.path,)), *model.adapters, *drafts))
    need = Need(weights, n_ctx, max(1, setup.num_parallel), shape, setup, n_ubatch, *map(_shape, drafts))
    return need if setup.num_parallel else replace(need, n_contexts=_cheap_contexts(need))


def rough_bytes(weights_bytes: int, setup: Setup, *, n_layer: int, n_embd: int, n_ff: int, n_vocab: int, n_cached: int) -> int:
    """About what a model of these sizes will take with the usual context, for one that is not here. ``n_cached`` is as in ``Shape``."""
    shape = Shape(n_layer=n_layer, n_embd=n_embd, n_ff=n_ff, n_vocab=n_vocab, n_cached=n_cached)
    return Need(weights_bytes, DEFAULT_N_CTX, max(1, setup.num_parallel), shape, setup, MAX_UBATCH).total_bytes


def _cheap_contexts(need: Need) -> int:
    """How many contexts the runner holds when nobody says."""
    one = need.cache_bytes(need.n_ctx)
    return max(1, min(MAX_CONTEXTS, max(CHEAP_BYTES, need.weights_bytes // 4) // one)) if one else 1


def room_bytes(records: Iterable[Record], setup: Setup) -> int | None:
    """The memory that one more model can have; None where the system does not say.

    Weights that are mapped files count as taken, though the system could drop them: it would read them again for every token.
    """
    records = list(records)
    if setup.memory_bytes:
        return setup.memory_bytes - sum(record.taken_bytes for record in records)
    available = available_bytes()
    if available is None:
        return None
    return available - sum(record.need_bytes if record.state == LOADING else _mapped_bytes(record) for record in records)


def on_gpu(options: Options) -> bool:
    """Whether a model goes to a GPU, whose memory is another matter."""
    return _whole(options, "num_gpu", -1) != 0 and _has_gpu_library()


def sizes_for_gpu(model: ModelFiles, options: Options, setup: Setup) -> dict[str, int]:
    """What a runner has to know to decide how many layers go to the GPUs; nothing where there is none."""
    if not on_gpu(options):
        return {}
    need = estimate(model, options, setup)
    n_layers = max(1, need.shape.n_layer)
    layer = (need.weights_bytes + need.cache_bytes(need.n_ctx)) // n_layers
    return {
        "n_layers": n_layers, "layer_bytes": layer, "compute_bytes": need.compute_bytes(need.n_ctx),
        "gpu_overhead_bytes": setup.gpu_overhead_bytes,
    }  # fmt: skip


def refusal(model: ModelFiles, need: Need, room: int) -> LoadError:
    """The error for a model that does not fit: how much is missing, and what would fit."""
    room = max(0, room)
    missing = need.total_bytes - room
    sizes = _gib(need.weights_bytes), _gib(need.cache_bytes(need.n_ctx)), need.n_ctx
    parts = Sentence("%1 for its weights, %2 for a context of %3 tokens", *sizes)
    if need.n_contexts > 1:
        parts = Sentence("%1 for its weights, %2 for a context of %3 tokens for each of %4 requests at once", *sizes, need.n_contexts)
    return LoadError(
        Sentence(
            "%1 needs %2 of memory (%3, %4 to work in); %5 can be had, %6 are missing.",
            model.name, _gib(need.total_bytes), parts, _gib(need.compute_bytes(need.n_ctx)), _gib(room), _gib(missing),
        ),
        hint=_remedy(need, room), name=model.name, path=model.path, needed_bytes=need.total_bytes, free_bytes=room,
        text=f"model requires more system memory ({_gib(need.total_bytes)}) than is available ({_gib(room)})",
    )  # fmt: skip


def _remedy(need: Need, room: int) -> str:
    fits = longest_context(need, room)
    smaller = _smaller_type(need, room)
    ways = []
    if fits:
        ways.append(Sentence("Set num_ctx to at most %1.", fits))
    if smaller:
        ways.append(Sentence("Quantize it to %1.", smaller))
    if need.n_contexts > 1 and need.with_context(need.n_ctx // need.n_contexts) <= room:
        ways.append(Sentence("Set OLLAMA_NUM_PARALLEL=1."))
    if need.draft.n_layer:
        ways.append(Sentence("Set draft_num_predict to 0, which leaves its draft model out."))
    if not ways:
        return "Choose a smaller model, or free some memory."
    return Sentence("One of these helps: %1", together(*ways)) if len(ways) > 1 else ways[0]


def longest_context(need: Need, room: int) -> int:
    """The longest context with which it would fit, 0 if none does."""
    steps = range(1, need.n_ctx // STEP + 1)
    return STEP * bisect.bisect_right(steps, room, key=lambda step: need.with_context(step * STEP))


def _smaller_type(need: Need, room: int) -> str:
    """The best type with which it would fit at the context that is asked for."""
    rest = need.total_bytes - need.weights_bytes
    for name in _SUGGESTED:
        size = int(need.shape.n_parameters * parse_quantization(name).bits / 8)
        if 0 < size < 0.95 * need.weights_bytes and size + rest <= room:
            return f"{name} (about {_gib(size)})"
    return ""


@lru_cache(maxsize=64)
def _shape(path: Path) -> Shape:
    """The header is read once: blobs never change."""
    try:
        return _shape_of(gguf.read_index(path))
    except (GGUFError, OllamaError, OverflowError):
        return Shape()


def _shape_of(index: gguf.GGUFIndex) -> Shape:
    def number(key: str) -> int:
        return max(0, index.of_architecture(key) or 0)

    n_head, n_embd = _first(index, "attention.head_count"), number("embedding_length")
    head = n_embd // n_head if n_head else 0
    width = (number("attention.key_length") or head) + (number("attention.value_length") or head)
    tokens = index.metadata.get("tokenizer.ggml.tokens")
    return Shape(
        n_ctx_train=number("context_length"), n_layer=number("block_count"), n_vocab=len(tokens) if isinstance(tokens, gguf.Array) else 0,
        n_embd=n_embd, n_ff=_first(index, "feed_forward_length"), n_head=n_head, n_cached=width * _cached_heads(index, n_head),
        n_parameters=index.parameter_count,
    )  # fmt: skip


def _cached_heads(index: gguf.GGUFIndex, n_head: int) -> int:
    """Heads with keys and values, of all layers together. Their number may be another in each layer, and 0 in those that keep a state."""
    held = index.metadata.get(f"{index.architecture}.attention.head_count_kv", n_head)
    if isinstance(held, gguf.Array):
        return sum(count for count in held if isinstance(count, int) and count > 0)
    return (index.block_count or 0) * held if isinstance(held, int) and held > 0 else 0


def _first(index: gguf.GGUFIndex, key: str) -> int:
    """A number that may be another in each layer: the largest."""
    held = index.metadata.get(f"{index.architecture}.{key}", 0)
    values: Sequence[object] = list(held) if isinstance(held, gguf.Array) else [held]
    return max((value for value in values if isinstance(value, int)), default=0)


def _mapped_bytes(record: Record) -> int:
    """What counts as free although the model needs it."""
    return 0 if record.options.get("use_mmap") is False or record.gpu_bytes else record.weights_bytes


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@cache
def _has_gpu_library() -> bool:
    """Whether the installed llama.cpp was built for a GPU. Its libraries are looked at, not loaded."""
    spec = importlib.util.find_spec("llama_cpp")
    folders = [Path(place) / "lib" for place in (spec.submodule_search_locations or ())] if spec is not None else []
    return any(any(name in file.name for name in _GPU_LIBRARIES) for folder in folders if folder.is_dir() for file in folder.iterdir())


def _whole(options: Options, name: str, default: int) -> int:
    value = options.get(name, default)
    assert isinstance(value, int)
    return value


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB" if size >= GIB // 10 else f"{size / (1 << 20):.1f} MiB"
