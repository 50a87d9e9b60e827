"""A model in this process's memory: weights, adapters, one context. Nothing is ever freed: ending the process does that."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import LoadError
from ...options import Options
from ...sentences import Sentence
from ..memory import available_bytes
from ..protocol import MAX_OUTPUTS, MAX_SEQUENCES, MAX_UBATCH, SMALL_MODEL_BYTES, context_length
from ..setup import CACHE_BLOCK, FLOAT_CACHES
from .adapters import Adapters
from .cores import usable_cores
from .llama import lib
from .log import Log
from .memory import cache_bytes, cheap_contexts
from .offload import choose_layers
from .vocabulary import Vocabulary

MAX_THREADS = 512
HEAVY_PARAMETERS, HEAVY_CHUNK = 500_000_000, 128
MAX_STATES = 8
"""Sequences of a model that keeps a state of fixed size for each of them."""
_NO_DEVICES = (ctypes.c_void_p * 1)()
"""A list of GPUs that ends at once."""


class Model:
    """Loaded and ready to evaluate. ``paths`` are its file or, in order, all its shards; ``on_node`` sees what is evaluated,
    ``on_progress`` is called now and then while the weights are read. ``sizes`` decide what goes to a GPU (offload.py).

    Keys and values are kept as ``cache_type``, if its blocks fit them; a ``flash_attention`` of None is llama.cpp's choice.
    A sequence may have ``n_ctx`` tokens; all of them together ``n_cells``, which are ``n_parallel`` contexts (0: as many as are cheap).
    Raises: LoadError when llama.cpp refuses the file, an adapter or the context.
    """

    def __init__(
        self, name: str, paths: Sequence[Path], adapters: Sequence[Path], options: Options, log: Log, *, extra_buffers: bool = True,
        on_node: Any = None, on_progress: Callable[[], None] | None = None, n_parallel: int = 0, cache_type: str = "f16",
        flash_attention: bool | None = None, sizes: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.name, self.path, self.paths = name, paths[0], tuple(paths)
        self._log = log
        self._extra_buffers = extra_buffers
        self._flash_attention = flash_attention
        self._on_node = on_node
        self._on_progress = lib.llama_progress_callback(lambda *_: on_progress is None or on_progress() is None)
        self._handle = self._load(paths, options, choose_layers(_whole(options, "num_gpu", -1), sizes or {}))
        self._cache_type = cache_type if cache_type in FLOAT_CACHES or self._head_size % CACHE_BLOCK == 0 else "f16"
        self.vocabulary = Vocabulary(self._handle)
        self.n_ctx_train: int = lib.llama_model_n_ctx_train(self._handle)
        self.n_ctx = context_length(_whole(options, "num_ctx", 0), self.n_ctx_train)
        self.n_batch = max(1, min(_whole(options, "num_batch", 512), self.n_ctx))
        self.n_params = int(lib.llama_model_n_params(self._handle))
        self.n_heads = max(1, lib.llama_model_n_layer(self._handle) * lib.llama_model_n_head(self._handle))
        """Of all layers together."""
        heavy = self.n_params >= HEAVY_PARAMETERS and not lib.llama_supports_gpu_offload()
        self.n_chunk = min(self.n_batch, HEAVY_CHUNK) if heavy else self.n_batch
        """Prompt tokens in one evaluation while nobody else waits: a request that arrives meanwhile shall not wait for many seconds."""
        self.can_cut = not (lib.llama_model_is_recurrent(self._handle) or lib.llama_model_is_hybrid(self._handle))
        """Whether a sequence can lose its last tokens, and keep the others."""
        self.window: int = lib.llama_model_n_swa(self._handle)
        """How many tokens some of its layers look back at; 0: all look at everything."""
        self.n_sequences = 1 if on_node is not None else MAX_SEQUENCES if self.can_cut else MAX_STATES
        self._check_memory(_whole(options, "num_gpu", -1), max(1, n_parallel))
        self.n_cells = self.n_ctx if on_node is not None else self._cells(n_parallel)
        self._abort = ctypes.create_string_buffer(2)
        self.context = self._start_context(options)
        self.memory = lib.llama_get_memory(self.context)
        """None for a model that makes embeddings and cannot generate text."""
        self.can_shift = self.can_cut and bool(self.memory) and bool(lib.llama_memory_can_shift(self.memory))
        """Whether tokens can move to other places of a sequence."""
        self.adapters = Adapters(name, self._handle, self.context, paths, log)
        self.adapters.use(self.adapters.load((path, 1.0) for path in adapters))

    @property
    def handle(self) -> Any:
        """The weights, as llama.cpp knows them."""
        return self._handle

    @property
    def is_long(self) -> bool:
        """Whether its context is longer than what it was first trained for: some models then turn their positions in another way."""
        return self.n_ctx > metadata_number(self._handle, "rope.scaling.original_context_length")

    @property
    def size_bytes(self) -> int:
        """Memory that weights, all contexts of this process and working space take. Weights that are mapped and kept in another layout as
        well count once."""
        return self._log.work_bytes + self.weights_bytes

    @property
    def weights_bytes(self) -> int:
        """The memory of the weights alone."""
        return int(lib.llama_model_size(self._handle))

    @property
    def gpu_bytes(self) -> int:
        """The part of it that lies on GPUs. Where all layers do, all of it counts, as Ollama has it: the table of input embeddings and the
        buffers through which data goes to the GPU are always the processor's."""
        return self.size_bytes if self._log.all_on_gpu else self._log.gpu_bytes

    @property
    def _head_size(self) -> int:
        """Numbers in the key of one head."""
        n_head, n_embd = lib.llama_model_n_head(self._handle), lib.llama_model_n_embd(self._handle)
        return metadata_number(self._handle, "attention.key_length") or (n_embd // n_head if n_head > 0 else 0)

    def interrupt(self, on: bool) -> None:
        """Make the evaluation that is going on (in another thread) stop early; ``False`` allows the next one."""
        self._abort[0] = b"x" if on else b"\0"

    def _load(self, paths: Sequence[Path], options: Options, n_gpu_layers: int) -> Any:
        parameters = lib.llama_model_default_params()
        parameters.n_gpu_layers = n_gpu_layers
        parameters.main_gpu = _whole(options, "main_gpu", 0)
        if n_gpu_layers == 0:  # else long prompts are computed on a GPU all the same, with weights that are brought there each time
            parameters.devices = ctypes.addressof(_NO_DEVICES)
        parameters.use_extra_bufts = self._extra_buffers
        parameters.progress_callback = self._on_progress
        if "use_mmap" in options:
            parameters.load_mode = lib.LLAMA_LOAD_MODE_MMAP if options["use_mmap"] else lib.LLAMA_LOAD_MODE_NONE
        names = (ctypes.c_char_p * len(paths))(*(str(path).encode() for path in paths))
        handle = lib.llama_model_load_from_splits(names, len(paths), parameters)
        if not handle:
            raise self._refused("The file is damaged or of a kind unknown to this version of llama.cpp: create the model again.")
        return handle

    def _check_memory(self, n_gpu_layers: int, n_contexts: int) -> None:
        """Raises: LoadError if the context cannot fit."""
        room, needed = available_bytes(), cache_bytes(self._handle, self.n_ctx * n_contexts, self._cache_type)
        on_gpu = n_gpu_layers != 0 and lib.llama_supports_gpu_offload()
        if room is None or on_gpu or needed <= room:
            return
        fits = self.n_ctx * room // needed
        sizes = f"{needed / (1 << 30):.1f}", self.name, f"{room / (1 << 30):.1f}", self.n_ctx
        what = Sentence("A context of %4 tokens takes %1 GiB with %2; %3 GiB of memory are free.", *sizes)
        if n_contexts > 1:
            what = Sentence("%5 contexts of %4 tokens take %1 GiB with %2; %3 GiB of memory are free.", *sizes, n_contexts)
        raise LoadError(
            what, hint=Sentence("Set num_ctx to at most %1.", fits), name=self.name, path=self.path, needed_bytes=needed, free_bytes=room,
        )  # fmt: skip

    def _cells(self, n_parallel: int) -> int:
        """Tokens that all sequences together may have.

        Some models turn their positions in another way as soon as a context is longer than what they were first trained for; where one
        request's is not, all of them together must not be, either. States of fixed size leave room for as many tokens as one likes.
        """
        if lib.llama_model_is_recurrent(self._handle):
            return self.n_ctx * self.n_sequences
        wanted = self.n_ctx * (n_parallel or cheap_contexts(self._handle, self.n_ctx, self._cache_type))
        first = metadata_number(self._handle, "rope.scaling.original_context_length")
        return max(self.n_ctx, first) if self.n_ctx <= first < wanted else wanted

    def _start_context(self, options: Options) -> Any:
        parameters = lib.llama_context_default_params()
        parameters.n_ctx, parameters.n_batch = self.n_cells, self.n_batch
        parameters.n_ubatch = min(self.n_batch, MAX_UBATCH)
        parameters.n_seq_max, parameters.kv_unified = self.n_sequences, True
        if self._on_node is None:
            parameters.n_outputs_max = MAX_OUTPUTS
        parameters.n_threads, parameters.n_threads_batch = self._threads(options)
        self.n_threads: int = parameters.n_threads_batch
        parameters.type_k = parameters.type_v = getattr(lib, f"GGML_TYPE_{self._cache_type.upper()}")
        if self._flash_attention is not None:  # else llama.cpp chooses
            parameters.flash_attn_type = int(self._flash_attention)
        parameters.no_perf = True
        # called for every node of a graph: a C function that reads a flag costs nothing, one in Python would
        parameters.abort_callback = ctypes.cast(ctypes.CDLL(None).strlen, lib.ggml_abort_callback)
        parameters.abort_callback_data = ctypes.addressof(self._abort)
        if self._on_node is not None:
            parameters.cb_eval, parameters.op_offload, parameters.offload_kqv = self._on_node, False, False
        context = lib.llama_init_from_model(self._handle, parameters)
        if not context:
            raise self._refused("Perhaps the memory is not enough: try a smaller num_ctx.")
        return context

    def _threads(self, options: Options) -> tuple[int, int]:
        """Threads for a single token and for a prompt: as many as asked for, or one per core; one for a token of a small model."""
        wanted = min(_whole(options, "num_thread", 0), MAX_THREADS)
        if wanted > 0:
            return wanted, wanted
        cores = usable_cores()
        return (1 if lib.llama_model_size(self._handle) < SMALL_MODEL_BYTES else cores), cores

    def _refused(self, hint: str, part: str = "", path: Path | None = None) -> LoadError:
        reason = self._log.reason() or "no reason given"
        return LoadError(
            Sentence("llama.cpp does not load %1%2: %3.", part, self.name, Sentence.of(reason)), hint=hint,
            name=self.name, path=path or self.path, log=list(self._log.errors),
        )  # fmt: skip


def metadata_number(handle: Any, key: str) -> int:
    """A whole number of the model's file, by its key without the architecture's name; 0 if there is none."""
    text = _metadata(handle, f"{_metadata(handle, 'general.architecture')}.{key}")
    return int(text) if text.isdecimal() else 0


def pooling(handle: Any) -> int:
    """How a model makes one vector of those of its tokens, as llama.cpp numbers it; UNSPECIFIED if it does not say."""
    text = _metadata(handle, f"{_metadata(handle, 'general.architecture')}.pooling_type")
    return int(text) if text.isdecimal() else int(lib.LLAMA_POOLING_TYPE_UNSPECIFIED)


def _metadata(handle: Any, key: str) -> str:
    buffer = ctypes.create_string_buffer(256)
    size = lib.llama_model_meta_val_str(handle, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if size >= 0 else ""


def _whole(options: Options, name: str, default: int) -> int:
    value = options.get(name, default)
    assert isinstance(value, int)
    return value
