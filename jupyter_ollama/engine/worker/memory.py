"""How much memory is left, asked before llama.cpp takes it: the system would end the process without a word, or another one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .llama import lib

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
KV_BYTES = 2  # a number of the cache is an f16
MAX_CONTEXTS = 4
CHEAP_BYTES = 64 << 20


def available_bytes(meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP) -> int | None:
    """Memory that can be had without swapping, within what a container is given; None where the system does not say."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text(), re.MULTILINE)
    except OSError:
        return None
    if found is None:
        return None
    available = int(found[1]) << 10
    try:
        limit, used = (cgroup / "memory.max").read_text(), (cgroup / "memory.current").read_text()
        return min(available, max(0, int(limit) - int(used)))
    except (OSError, ValueError):  # no control group, or no limit ("max")
        return available


def cache_bytes(model: Any, n_ctx: int) -> int:
    """What the keys and values of ``n_ctx`` tokens take; 0 for a model that keeps a state of fixed size.

    A guess that is right for ordinary attention and never too large for those that share or compress their keys.
    """
    if lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model):
        return 0
    heads, heads_kv = lib.llama_model_n_head(model), lib.llama_model_n_head_kv(model)
    if heads <= 0 or heads_kv <= 0:
        return 0
    head_size = lib.llama_model_n_embd(model) // heads
    return int(n_ctx * lib.llama_model_n_layer(model) * 2 * heads_kv * head_size * KV_BYTES)


def cheap_contexts(model: Any, n_ctx: int) -> int:
    """How many whole contexts to hold when nobody says: up to 4 as long as they take no more than a quarter of what the weights do.

    Requests that run at the same time, and conversations that go on later, share them.
    """
    one = cache_bytes(model, n_ctx)
    spare = max(CHEAP_BYTES, int(lib.llama_model_size(model)) // 4)
    room = available_bytes()
    if room is not None:
        spare = min(spare, room // 2)
    return max(1, min(MAX_CONTEXTS, spare // one)) if one else 1
