"""Run by tests in a process of its own: prints, as JSON, the ids that llama.cpp gives to texts. Native code stays out of pytest.

python llama_ids.py [--plain] MODEL.gguf ... < texts.json        gives for each model a list for each text; null when it cannot be loaded

--plain: no tokens are put around the text, and none in it are special.
"""

from __future__ import annotations

import ctypes
import json
import sys

import llama_cpp


@llama_cpp.llama_log_callback
def silent(level: int, text: bytes, user_data: int) -> None:
    """llama.cpp's log is not wanted."""


def main(arguments: list[str]) -> None:
    paths = [argument for argument in arguments if argument != "--plain"]
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    texts = json.load(sys.stdin)
    print(json.dumps([of_model(path, texts, special=paths == arguments) for path in paths]))


def of_model(path: str, texts: list[str], *, special: bool) -> list[list[int]] | None:
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
    if not model:
        return None
    vocabulary = llama_cpp.llama_model_get_vocab(model)
    found = [ids(vocabulary, text.encode(), special=special) for text in texts]
    llama_cpp.llama_model_free(model)
    return found


def ids(vocabulary: object, raw: bytes, *, special: bool = True) -> list[int]:
    room = len(raw) + 16
    buffer = (llama_cpp.llama_token * room)()
    count = llama_cpp.llama_tokenize(vocabulary, raw, len(raw), buffer, room, special, special)
    return list(buffer[:count])


if __name__ == "__main__":
    main(sys.argv[1:])
