"""A chain whose tokens have to fit a grammar.

As in llama.cpp's server, and so in Ollama, a token is drawn as always and only then compared with the grammar; where it does not fit, all
tokens that do not are left out and another is drawn. Comparing all of a vocabulary takes a hundred times as long as comparing one token.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from ....errors import EngineError
from ..llama import lib
from ..vocabulary import Vocabulary
from .custom import CANDIDATE, Candidates
from .grammar import grammar_sampler
from .logprobs import logits_of


class Constrained:
    """Draws from a chain what fits a grammar. ``remembers``: the chain counts the tokens that are said, as penalties do.

    Raises: OptionError for what is no grammar.
    """

    def __init__(self, chain: Any, vocabulary: Vocabulary, gbnf: str, *, remembers: bool) -> None:
        self._chain, self._size, self._remembers = chain, vocabulary.size, remembers
        self._grammar = grammar_sampler(vocabulary, gbnf)
        self._candidates = np.zeros(self._size, CANDIDATE)
        self._ids = np.arange(self._size, dtype=np.int32)
        self._whole = _array(self._candidates)
        self._one = lib.llama_token_data()
        self._single = lib.llama_token_data_array(data=ctypes.pointer(self._one), size=1, selected=-1, sorted=False)

    def close(self) -> None:
        """Give the native memory back."""
        lib.llama_sampler_free(self._grammar)

    def draw(self, context: Any, index: int) -> int:
        """The next token. Raises: EngineError if none fits."""
        if self._remembers:
            token = self._choose(self._all(logits_of(context, index, self._size)))
        else:
            token = lib.llama_sampler_sample(self._chain, context, index)
        if not self._fits(token):
            token = self._choose(self._fitting(logits_of(context, index, self._size)))
        lib.llama_sampler_accept(self._grammar, token)  # ends the process if it does not fit
        if self._remembers:
            lib.llama_sampler_accept(self._chain, token)
        return int(token)

    def _all(self, logits: Any) -> Any:
        """All tokens as candidates: llama.cpp's array of them."""
        self._candidates["id"] = self._ids
        self._candidates["logit"] = logits
        whole = self._whole
        whole.size, whole.selected, whole.sorted = self._size, -1, False
        return whole

    def _fitting(self, logits: Any) -> Any:
        """The candidates that fit. Raises: EngineError if there is none."""
        lib.llama_sampler_apply(self._grammar, ctypes.byref(self._all(logits)))
        fitting = self._candidates[self._candidates["logit"] > -np.inf]
        if not len(fitting):
            raise EngineError("No token of the model fits what the format asks for next.", hint="Use plainer names and values in it.")
        self._candidates[: len(fitting)] = fitting
        self._whole.size = len(fitting)
        return self._whole

    def _choose(self, candidates: Any) -> int:
        lib.llama_sampler_apply(self._chain, ctypes.byref(candidates))
        return int(candidates.data[candidates.selected].id)

    def _fits(self, token: int) -> bool:
        self._one.id, self._one.logit = token, 1.0
        lib.llama_sampler_apply(self._grammar, ctypes.byref(self._single))
        return bool(self._one.logit == 1.0)


def _array(candidates: Candidates) -> Any:
    """What llama.cpp takes: it changes the candidates in place, and ``data`` never leaves them."""
    data = candidates.ctypes.data_as(lib.llama_token_data_p)
    return lib.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)
