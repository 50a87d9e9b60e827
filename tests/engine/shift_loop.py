"""Greedy generation with llama.cpp's own context shift, in a process of its own: ``shift_loop.py MODEL.gguf JSON``.

JSON: {"prompt": [ids], "n_ctx": n, "n_keep": n, "count": n}. Prints the ids of the answer as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import llama_cpp as lib


def main(path: str, wanted: dict[str, Any]) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
    settings = lib.llama_context_default_params()
    settings.n_ctx, settings.n_batch, settings.n_threads, settings.n_threads_batch = 256, 40, 1, 1  # more room than is used
    context = lib.llama_init_from_model(model, settings)
    memory, n_ctx, n_keep = lib.llama_get_memory(context), wanted["n_ctx"], wanted["n_keep"]
    chain = lib.llama_sampler_init_greedy()
    batch = lib.llama_batch_init(64, 0, 1)
    said: list[int] = []
    n_past = 0

    def evaluate(tokens: list[int]) -> None:
        nonlocal n_past
        for index, token in enumerate(tokens):
            batch.token[index], batch.pos[index], batch.n_seq_id[index], batch.seq_id[index][0] = token, n_past + index, 1, 0
            batch.logits[index] = index + 1 == len(tokens)
        batch.n_tokens = len(tokens)
        assert lib.llama_decode(context, batch) == 0
        n_past += len(tokens)

    evaluate(wanted["prompt"][:-1])
    last = wanted["prompt"][-1]
    while len(said) < wanted["count"]:
        if n_past == n_ctx:
            stay = n_ctx - max((n_ctx - n_keep) // 2, 1)
            n_drop = n_ctx + 1 - stay
            lib.llama_memory_seq_rm(memory, 0, n_keep, n_keep + n_drop)
            lib.llama_memory_seq_add(memory, 0, n_keep + n_drop, -1, -n_drop)
            n_past -= n_drop
        evaluate([last])
        last = lib.llama_sampler_sample(chain, context, -1)
        said.append(last)
    answers.write(json.dumps(said))
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
