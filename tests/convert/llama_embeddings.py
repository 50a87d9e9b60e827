"""Run by tests in a process of its own: builds a model from a folder in several types and prints, as JSON, the vectors of texts.

python -m tests.convert.llama_embeddings < {"folder": ..., "room": ..., "types": [...], "texts": [...]}
gives {"notes": [what the builder says], "vectors": [base64 (float32, texts x width) for each type], "tokens": [ids of each text], "bytes": [size of each file]}
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import sys
from pathlib import Path

import llama_cpp
import numpy as np

from jupyter_ollama.engine.worker.builder.job import Job, make
from jupyter_ollama.engine.worker.builder.progress import Reporter
from jupyter_ollama.quantization import parse_quantize

from .llama_ids import ids, silent


def main() -> None:
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    asked = json.load(sys.stdin)
    vectors, tokens, sizes, notes = [], [], [], []
    for name in asked["types"]:
        path = Path(asked["room"]) / f"{name}.gguf"
        built = make(Job(Path(asked["folder"]), "folder", path, parse_quantize(name), "direct"), Reporter(lambda frame: None))
        found, tokens = embeddings(path, asked["texts"])
        vectors.append(base64.b64encode(found.tobytes()).decode())
        notes = built["notes"]
        sizes.append(path.stat().st_size)
    print(json.dumps({"notes": notes, "vectors": vectors, "tokens": tokens, "bytes": sizes}))


def embeddings(path: Path, texts: list[str]) -> tuple[np.ndarray, list[list[int]]]:
    """A vector for each text, pooled as the file says, and its tokens."""
    loading = llama_cpp.llama_model_default_params()
    loading.use_extra_bufts = False  # the weight layouts for some processors do not run on all machines that claim to be one
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), loading)
    assert model, path
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 512
    parameters.embeddings = True
    context = llama_cpp.llama_init_from_model(model, parameters)
    assert context, path
    width, vocabulary = llama_cpp.llama_model_n_embd(model), llama_cpp.llama_model_get_vocab(model)
    split = [ids(vocabulary, text.encode()) for text in texts]
    found = []
    for tokens in split:
        batch = llama_cpp.llama_batch_init(len(tokens), 0, 1)
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place], batch.pos[place] = token, place
            batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
            batch.logits[place] = True
        assert llama_cpp.llama_decode(context, batch) == 0, path
        found.append(np.ctypeslib.as_array(llama_cpp.llama_get_embeddings_seq(context, 0), (width,)).copy())
        llama_cpp.llama_batch_free(batch)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return np.stack(found), split


if __name__ == "__main__":
    main()
