"""What the contexts of a model that is loaded take, asked before they are made."""

from __future__ import annotations

from typing import Any

from ..memory import available_bytes
from ..protocol import CHEAP_BYTES, MAX_CONTEXTS
from ..setup import CACHE_TYPES
from .llama import lib


def cache_bytes(model: Any, n_ctx: int, cache_type: str) -> int:
    """What the keys and values of ``n_ctx`` tokens take as this type; 0 for a model that keeps a state of fixed size.

    A guess that is right for ordinary attention and never too large for those that share or compress their keys.
    """
    if lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model):
        return 0
    heads, heads_kv = lib.llama_model_n_head(model), lib.llama_model_n_head_kv(model)
    if heads <= 0 or heads_kv <= 0:
        return 0
    head_size = lib.llama_model_n_embd(model) // heads
    return int(n_ctx * lib.llama_model_n_layer(model) * 2 * heads_kv * head_size * CACHE_TYPES[cache_type])


def cheap_contexts(model: Any, n_ctx: int, cache_type: str) -> int:
    """How many whole contexts to hold when nobody says: up to 4 as long as they take no more than a quarter of what the weights do.

    Requests that run at the same time, and conversations that go on later, share them.
    """
    one = cache_bytes(model, n_ctx, cache_type)
    spare = max(CHEAP_BYTES, int(lib.llama_model_size(model)) // 4)
    room = available_bytes()
    if room is not None:
        spare = min(spare, room // 2)
    return max(1, min(MAX_CONTEXTS, spare // one)) if one else 1


def shelf_bytes(model: Any) -> int:
    """How much memory what is put aside may take: an eighth of what the weights do, or 32 MB; never half of what is free."""
    wanted = max(CHEAP_BYTES // 2, int(lib.llama_model_size(model)) // 8)
    room = available_bytes()
    return wanted if room is None else min(wanted, room // 2)
