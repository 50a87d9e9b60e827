"""Run by tests in a process of its own: builds F32 models from folders with the builder's code and prints, as JSON, what llama.cpp computes.

python llama_logits.py < [[FOLDER, OUTPUT, ids, positions, encoder], ...]

gives [logits in base64 (float32, positions x vocabulary), ...]; of an encoder, the vectors of its last layer.
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


@llama_cpp.llama_log_callback
def silent(level: int, text: bytes, user_data: int) -> None:
    """llama.cpp's log is not wanted."""


def main() -> None:
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    found = []
    for folder, output, ids, positions, encoder in json.load(sys.stdin):
        make(Job(Path(folder), "folder", Path(output), parse_quantize("f32"), "direct"), Reporter(lambda frame: None))
        found.append(base64.b64encode(logits(output, ids, positions, encoder).tobytes()).decode())
    print(json.dumps(found))


def logits(path: str, ids: list[int], positions: list[int], encoder: bool, adapter: str = "") -> np.ndarray:
    """All tokens in one batch, with a KV cache in F32 and without flash attention. ``adapter``: a GGUF LoRA to apply."""
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), llama_cpp.llama_model_default_params())
    assert model, path
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = len(ids)
    parameters.type_k = parameters.type_v = llama_cpp.GGML_TYPE_F32
    parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
    parameters.n_threads = parameters.n_threads_batch = 1
    parameters.embeddings, parameters.pooling_type = encoder, llama_cpp.LLAMA_POOLING_TYPE_NONE
    context = llama_cpp.llama_init_from_model(model, parameters)
    assert context, path
    if adapter:
        lora = llama_cpp.llama_adapter_lora_init(model, os.fsencode(adapter))
        assert lora, adapter
        handles, scales = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(lora), (ctypes.c_float * 1)(1.0)
        assert llama_cpp.llama_set_adapters_lora(context, handles, 1, scales) == 0
    batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
    batch.n_tokens = len(ids)
    for place, token in enumerate(ids):
        batch.token[place], batch.pos[place] = token, place
        batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
        batch.logits[place] = encoder or place in positions
    assert llama_cpp.llama_decode(context, batch) == 0, path
    size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
    size, get = (llama_cpp.llama_model_n_embd(model), llama_cpp.llama_get_embeddings_ith) if encoder else (size, llama_cpp.llama_get_logits_ith)
    found = [np.ctypeslib.as_array(get(context, place), (size,)).copy() for place in positions]
    llama_cpp.llama_batch_free(batch)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return np.stack(found)


if __name__ == "__main__":
    main()
