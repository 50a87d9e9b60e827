"""Run by tests in a process of its own: prints, as JSON, the ids that llama.cpp gives to texts. Native code stays out of pytest.

python llama_ids.py MODEL.gguf < texts.json
"""

from __future__ import annotations

import ctypes
import json
import sys

import llama_cpp


@llama_cpp.llama_log_callback
def silent(level: int, text: bytes, user_data: int) -> None:
    """llama.cpp's log is not wanted."""


def main(path: str) -> None:
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
    vocabulary = llama_cpp.llama_model_get_vocab(model)
    print(json.dumps([ids(vocabulary, text.encode()) for text in json.load(sys.stdin)]))


def ids(vocabulary: object, raw: bytes) -> list[int]:
    room = len(raw) + 16
    buffer = (llama_cpp.llama_token * room)()
    count = llama_cpp.llama_tokenize(vocabulary, raw, len(raw), buffer, room, True, True)
    return list(buffer[:count])


if __name__ == "__main__":
    main(sys.argv[1])
