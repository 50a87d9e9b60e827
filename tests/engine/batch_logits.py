"""The logits behind given answers when they are made all at once: ``batch_logits.py MODEL.gguf ANSWERS.json OUT.npz``.

Files as in step_logits.py. Every step evaluates one token of each answer as a sequence of its own, or, while there are prompts left, a piece
of one of those beside them. Other tokens lie before all of them in memory until half of the steps are done: what comes then lies before
what came earlier, as it happens in a memory that many share.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

PIECE = 16
OTHERS = 256


def main(model: Path, answers: Path, out: Path) -> None:
    wanted: list[tuple[list[int], list[int]]] = json.loads(answers.read_text())
    handle = llama_cpp.llama_model_load_from_file(str(model).encode(), llama_cpp.llama_model_default_params())
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = 512 * (len(wanted) + 1), 512, 512
    parameters.n_seq_max, parameters.kv_unified = len(wanted) + 1, True
    parameters.n_threads = parameters.n_threads_batch = 1
    context = llama_cpp.llama_init_from_model(handle, parameters)
    n_vocab = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(handle))
    batch = llama_cpp.llama_batch_init(512, 0, 1)
    done = [0] * (len(wanted) + 1)
    rows: list[list[NDArray[np.float32]]] = [[] for _ in wanted]

    def add(number: int, token: int, *, logits: bool) -> None:
        index = batch.n_tokens
        batch.token[index], batch.pos[index], batch.n_seq_id[index], batch.seq_id[index][0] = token, done[number], 1, number
        batch.logits[index] = logits
        batch.n_tokens, done[number] = index + 1, done[number] + 1

    batch.n_tokens = 0
    for token in range(OTHERS):
        add(len(wanted), token, logits=token == OTHERS - 1)
    assert llama_cpp.llama_decode(context, batch) == 0
    half = sum(len(answer) for _, answer in wanted) // 2
    while any(len(held) < len(answer) for held, (_, answer) in zip(rows, wanted, strict=True)):
        batch.n_tokens, drawn, reading = 0, [], False
        if sum(map(len, rows)) > half:
            llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(context), len(wanted), -1, -1)
        for number, (prompt, answer) in enumerate(wanted):
            last = len(prompt) - 1
            if done[number] >= last and len(rows[number]) < len(answer):
                drawn.append((number, batch.n_tokens))
                add(number, [*prompt, *answer][done[number]], logits=True)
            elif done[number] < last and not reading:
                reading = True
                for token in prompt[done[number] : last][:PIECE]:
                    add(number, token, logits=False)
        assert llama_cpp.llama_decode(context, batch) == 0
        for number, index in drawn:
            row = llama_cpp.llama_get_logits_ith(context, index)
            rows[number].append(np.ctypeslib.as_array(row, (n_vocab,)).copy())
    np.savez(out, **{str(number): np.stack(held) for number, held in enumerate(rows)})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
