"""Samplers of our own within a chain of llama.cpp: Python that is given the candidates of a step, and changes them in place.

Such a sampler costs a call from C for every token, so a chain has one only when it was asked for.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..llama import lib

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""``llama_token_data`` of llama.h."""

Candidates = NDArray[np.void]
Change = Callable[[Any], None]


class Custom:
    """A sampler that calls ``change`` with llama.cpp's ``llama_token_data_array``; ``handle`` is what a chain takes and frees."""

    def __init__(self, change: Change) -> None:
        self._apply = lib.llama_sampler_i_apply(lambda _, array: change(array.contents))
        self._interface = lib.llama_sampler_i(apply=self._apply)
        self.handle = lib.llama_sampler_init(ctypes.byref(self._interface), None)


def candidates_of(array: Any) -> Candidates:
    """The candidates of a step, as a view: whoever changes it changes them.

    Shapes: (array.size,) of CANDIDATE.
    """
    size = array.size * CANDIDATE.itemsize
    return np.frombuffer((ctypes.c_char * size).from_address(ctypes.addressof(array.data.contents)), CANDIDATE)
