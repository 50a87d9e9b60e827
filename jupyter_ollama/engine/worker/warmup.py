"""One evaluation right after loading, so that a build of llama.cpp whose AMX code crashes does so before anybody waits for an answer.

GCC before 13 may drop stores to the configuration of the tile registers (its ``_tile_loadconfig`` does not say that it reads all of
it); the first multiplication of quantized weights then ends the process. Only more than one row at a time takes that path; in the
matrix of the output, whose type may be the only one that has it, the rows are the tokens for which it is asked what follows.
"""

from __future__ import annotations

from pathlib import Path

from .batch import Batch
from .llama import lib
from .model import Model

N_TOKENS = 32
_CPU_INFO = Path("/proc/cpuinfo")


def has_amx() -> bool:
    """Whether this processor has tile registers (Linux; elsewhere the answer is no)."""
    try:
        return " amx_int8" in _CPU_INFO.read_text(encoding="utf-8")
    except OSError:
        return False


def warm_up(model: Model, batch: Batch) -> None:
    """Evaluate some tokens and forget them."""
    batch.clear()
    last = batch.add([0] * min(N_TOKENS, model.n_batch, model.n_ctx), 0, 0, logits=True)
    batch.want(0, last)
    lib.llama_decode(model.context, batch.native)
    lib.llama_memory_clear(model.memory, True)
    batch.clear()
