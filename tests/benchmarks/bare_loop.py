"""The shortest loop that generates with llama_cpp: what people write by hand. ``bench_chat.py`` runs it as a process of its own.

    bare_loop.py MODEL.gguf THREADS USE_EXTRA_BUFFERS

Reads lines of JSON ``{"prompt": [ids], "count": n, "seed": s}``, answers each with the seconds from the first token to the last.
"""

from __future__ import annotations

import json
import os
import sys
import time

N_CTX = 4096


def main(path: str, threads: int, extra_buffers: bool) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import llama_cpp as lib

    ignored = lib.llama_log_callback(lambda level, text, data: None)
    lib.llama_log_set(ignored, None)
    parameters = lib.llama_model_default_params()
    parameters.use_extra_bufts = extra_buffers
    model = lib.llama_model_load_from_file(path.encode(), parameters)
    settings = lib.llama_context_default_params()
    settings.n_ctx, settings.n_batch, settings.n_threads, settings.n_threads_batch = N_CTX, 512, threads, threads
    settings.no_perf = True
    context = lib.llama_init_from_model(model, settings)
    vocabulary, memory = lib.llama_model_get_vocab(model), lib.llama_get_memory(context)
    piece = (lib.ctypes.c_char * 64)()
    for line in sys.stdin:
        wanted = json.loads(line)
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for sampler in (
            lib.llama_sampler_init_top_k(40),
            lib.llama_sampler_init_top_p(0.9, 1),
            lib.llama_sampler_init_temp(0.8),
            lib.llama_sampler_init_dist(wanted["seed"]),
        ):
            lib.llama_sampler_chain_add(chain, sampler)
        lib.llama_memory_clear(memory, True)
        prompt = (lib.llama_token * len(wanted["prompt"]))(*wanted["prompt"])
        lib.llama_decode(context, lib.llama_batch_get_one(prompt, len(prompt)))
        token = (lib.llama_token * 1)()
        text, started = [], 0.0
        for number in range(wanted["count"]):
            token[0] = lib.llama_sampler_sample(chain, context, -1)
            text.append(piece.raw[: lib.llama_token_to_piece(vocabulary, token[0], piece, len(piece), 0, False)])
            started = started or time.perf_counter()
            if number + 1 < wanted["count"]:
                lib.llama_decode(context, lib.llama_batch_get_one(token, 1))
        answers.write(f"{time.perf_counter() - started}\n")
        answers.flush()
        lib.llama_sampler_free(chain)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1")
