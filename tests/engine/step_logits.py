"""The logits behind given answers, in a process of its own: ``step_logits.py MODEL.gguf ANSWERS.json OUT.npz``.

ANSWERS.json is a list of [prompt ids, answer ids]. The prompt is evaluated but for its last token, then one token after the other, as the
engine does it. OUT.npz holds one array for each answer, ``0``, ``1``, ...: (tokens of the answer, n_vocab), the logits each was drawn from.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import llama_cpp
import numpy as np


def main(model: Path, answers: Path, out: Path) -> None:
    llama_cpp.llama_backend_init()
    handle = llama_cpp.llama_model_load_from_file(str(model).encode(), llama_cpp.llama_model_default_params())
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 512
    parameters.n_threads = parameters.n_threads_batch = 1
    context = llama_cpp.llama_init_from_model(handle, parameters)
    n_vocab = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(handle))
    found = {}
    for number, (prompt, answer) in enumerate(json.loads(answers.read_text())):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
        rows = []
        for tokens in [prompt[:-1], [prompt[-1]], *([token] for token in answer[:-1])]:
            ids = (llama_cpp.llama_token * len(tokens))(*tokens)
            if tokens:
                assert llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(ids, len(tokens))) == 0
            rows.append(np.ctypeslib.as_array(llama_cpp.llama_get_logits(context), (n_vocab,)).copy() if tokens else None)
        found[str(number)] = np.stack(rows[1:])
    np.savez(out, **found)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
