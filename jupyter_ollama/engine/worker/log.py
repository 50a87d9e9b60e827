"""What llama.cpp says while it works: warnings and errors go to the log that the kernel keeps, errors and sizes are remembered here."""

from __future__ import annotations

import os
import re
from collections import deque

from .llama import lib

WARNING, ERROR, CONTINUED = 3, 4, 5  # ggml_log_level of ggml.h
_BUFFER = re.compile(r"(\S+)\s+(\S*) ?buffer size\s*=\s*([0-9.]+) MiB")
_GPU = re.compile(r"(?!.*_Host)(CUDA|ROCm|HIP|Vulkan|Metal|MTL|SYCL|OpenCL|CANN|MUSA)")
_OFFLOADED = re.compile(r"offloaded (\d+)/(\d+) layers to GPU")
_WRAPPERS = re.compile(r"^(?:\w+: )*(?:error loading model: )?(?:\w+: )*")
_EXPECTED = (b"decode: failed to find a memory slot", b"decode: removing memory module entries", b"llama_decode: failed to decode, ret = 2",
             b"llama_context: n_ctx_seq (", b"check_double_bos_eos: ")
"""What is said of a full memory, of an evaluation that was stopped, of more room than one request may use, and of a prompt whose text
begins with the token that begins texts: all of it is meant."""
_EMPTY_WORDS = ("failed to load model", "failed to open model")


class Log:
    """Listens to llama.cpp from its creation on. One per process: llama.cpp has one listener.

    ``work_bytes`` are the buffers of contexts, ``gpu_bytes`` all that lie on GPUs, weights included; ``all_on_gpu`` is whether all layers
    of all models do.
    """

    def __init__(self) -> None:
        self.errors: deque[str] = deque(maxlen=20)
        self.work_bytes = self.gpu_bytes = 0
        self._layers = self._gpu_layers = 0
        self._level = 0
        self._listener = lib.llama_log_callback(self._hear)  # kept: llama.cpp holds only its address
        lib.llama_log_set(self._listener, None)

    @property
    def all_on_gpu(self) -> bool:
        return 0 < self._layers == self._gpu_layers

    def _hear(self, level: int, text: bytes, _: object) -> None:
        self._level = level if level != CONTINUED else self._level
        if text.startswith(_EXPECTED):
            return
        if self._level >= WARNING:
            os.write(2, text)
            if self._level == ERROR and level != CONTINUED:
                self.errors.append(text.decode("utf-8", "replace").strip())
            return
        said = text.decode("utf-8", "replace")
        if (size := _BUFFER.search(said)) is not None:
            count = int(float(size[3]) * (1 << 20))
            self.work_bytes += count if size[2] != "model" else 0
            self.gpu_bytes += count if _GPU.match(size[1]) else 0
        elif (layers := _OFFLOADED.search(said)) is not None:
            self._gpu_layers += int(layers[1])
            self._layers += int(layers[2])

    def reason(self) -> str:
        """The last error that says something, without the names of the functions it passed through."""
        for line in reversed(self.errors):
            words = _WRAPPERS.sub("", line).rstrip(".")
            if words and not words.startswith(_EMPTY_WORDS):
                return words
        return ""
