"""How an Ollama's engines are set up: what holds for all its models, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .snapshots import SnapshotRules

DEFAULT_KEEP_ALIVE_S = 300.0
DEFAULT_MAX_LOADED = 3
FLOAT_CACHES = ("f16", "f32")
CACHE_TYPES = {"f32": 4.0, "f16": 2.0, "q8_0": 34 / 32, "q5_1": 24 / 32, "q5_0": 22 / 32, "q4_1": 20 / 32, "q4_0": 18 / 32,
               "iq4_nl": 18 / 32}
"""What the keys and values of a context can be stored as. Units: bytes per number."""
CACHE_BLOCK = 32
"""Numbers that a quantized type stores together: heads whose size is no multiple of it are stored as f16."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Settings of the engines.

    ``runtime`` is the folder where the runners of this user are known by; without it, or where that folder can hold no sockets, runners
    are private to the process and end with it. ``num_parallel`` requests of one model run at once, 0 lets the engine choose;
    ``max_loaded`` models stay, ``max_queue`` requests may wait. ``flash_attention`` None chooses. A load may go on without progress, and
    an evaluation without an end, for ``load_timeout_s``; 0 is for ever. ``memory_bytes`` is what all models together may take, 0 what the
    machine has; ``gpu_overhead_bytes`` is left free on each GPU. ``snapshots`` says what is kept on the disk.
    """

    runtime: Path | None = None
    num_parallel: int = 0
    max_loaded: int = DEFAULT_MAX_LOADED
    max_queue: int = 512
    kv_cache_type: str = "f16"
    flash_attention: bool | None = None
    load_timeout_s: float = 300.0
    gpu_overhead_bytes: int = 0
    memory_bytes: int = 0
    snapshots: SnapshotRules | None = None

    @property
    def cache_type(self) -> str:
        """The type of the cache that is used: quantized values need flash attention."""
        known = self.kv_cache_type if self.kv_cache_type in CACHE_TYPES else "f16"
        return known if self.flash_attention is not False or known in FLOAT_CACHES else "f16"

    def load_fields(self) -> dict[str, object]:
        """What a runner is told when it loads a model."""
        return {
            "n_parallel": self.num_parallel, "cache_type": self.cache_type, "flash_attention": self.flash_attention,
            "gpu_overhead_bytes": self.gpu_overhead_bytes,
        }  # fmt: skip
