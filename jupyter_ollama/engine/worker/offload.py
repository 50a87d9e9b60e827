"""How many layers of a model go to the GPUs when nobody says: as many as there is free memory for. Without a GPU: none.

llama.cpp spreads them over all GPUs by their free memory.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping
from typing import Any

from .llama import lib, native

ALL = -1
GPU_TYPES = (1, 2)  # ggml_backend_dev_type: a card, and one that is part of the processor


def choose_layers(wanted: int, sizes: Mapping[str, Any]) -> int:
    """``n_gpu_layers`` of a model: what is wanted, or what fits.

    Args:
        sizes: what the kernel knows of the model: ``n_layers``, ``layer_bytes`` with the cache, ``compute_bytes`` of working space, and
            ``gpu_overhead_bytes``, which stay free on each GPU. Empty where nothing is known: then all go.
    """
    if wanted >= 0 or not sizes or not lib.llama_supports_gpu_offload():
        return wanted
    return layers_that_fit(free_bytes(), sizes["n_layers"], sizes["layer_bytes"], sizes["compute_bytes"] + sizes["gpu_overhead_bytes"])


def layers_that_fit(free: Iterable[int], n_layers: int, layer_bytes: int, reserved_bytes: int) -> int:
    """So many layers have room on GPUs with so much free memory each, of which some is reserved; ``ALL``: the output layer as well."""
    fit = sum(max(0, one - reserved_bytes) // max(1, layer_bytes) for one in free)
    return ALL if fit > n_layers else fit


def free_bytes() -> list[int]:
    """The free memory of each GPU."""
    count = native("ggml_backend_dev_count", ctypes.c_size_t)
    get = native("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
    kind = native("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    memory = native("ggml_backend_dev_memory", None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t), ctypes.POINTER(ctypes.c_size_t))
    found = []
    for device in (get(number) for number in range(count())):
        if kind(device) in GPU_TYPES:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            memory(device, ctypes.byref(free), ctypes.byref(total))
            found.append(int(free.value))
    return found
