"""A chain of llama.cpp's samplers, in Ollama's order.

    penalties, top_k, tfs_z, typical_p, top_p, min_p, temperature, draw         temperature 0: penalties, the most probable token
    penalties, temperature, mirostat                                            mirostat 1 or 2
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from ....options import Options, Value, check_options, defaults
from ..llama import lib
from ..vocabulary import Vocabulary

MIROSTAT_WINDOW = 100  # the tokens version 1 estimates from; the value of its paper and of llama.cpp
_RANDOM_SEED = 0xFFFFFFFF  # what llama.cpp takes as "choose one yourself"


class Chain:
    """The samplers of one answer; ``handle`` is llama.cpp's chain, ``seed`` the seed in force, also when it was chosen here. ``remembers``:
    it counts the tokens that are said.

    Raises: OptionError for what native code would die of.
    """

    def __init__(self, options: Options, vocabulary: Vocabulary, n_ctx: int, prompt: Sequence[int]) -> None:
        values = {**defaults(), **check_options(options)}
        self.seed = _seed(values["seed"])
        self._customs: list[Any] = []  # llama.cpp holds only their addresses
        parameters = lib.llama_sampler_chain_default_params()
        parameters.no_perf = True
        self.handle = lib.llama_sampler_chain_init(parameters)
        penalties = self._penalties(values, vocabulary, n_ctx, prompt)
        self.remembers = bool(penalties)
        for sampler in [*penalties, *self._selection(values, vocabulary.size)]:
            lib.llama_sampler_chain_add(self.handle, sampler)

    def close(self) -> None:
        """Give the native memory back."""
        lib.llama_sampler_free(self.handle)
        self._customs.clear()

    def _penalties(self, values: Options, vocabulary: Vocabulary, n_ctx: int, prompt: Sequence[int]) -> list[Any]:
        """The sampler that knows the last tokens, prompt included; none if nothing is penalized."""
        looks_back = n_ctx if values["repeat_last_n"] == -1 else min(int(_number(values, "repeat_last_n")), n_ctx)
        repeat, frequency, presence = (_number(values, f"{kind}_penalty") for kind in ("repeat", "frequency", "presence"))
        if looks_back == 0 or (repeat, frequency, presence) == (1.0, 0.0, 0.0):
            return []
        sampler = lib.llama_sampler_init_penalties(vocabulary.size, looks_back, repeat, frequency, presence)
        for token in prompt[-looks_back:]:
            lib.llama_sampler_accept(sampler, token)
        if values["penalize_newline"] or vocabulary.newline is None:
            return [sampler]
        from .newline import Newline  # numpy is imported for those who need it

        newline = Newline(vocabulary.newline)
        return [self._keep(newline.before), sampler, self._keep(newline.after)]

    def _selection(self, values: Options, n_vocab: int) -> list[Any]:
        temperature = _number(values, "temperature")
        if temperature <= 0:
            return [lib.llama_sampler_init_greedy()]
        if values["mirostat"]:
            return [lib.llama_sampler_init_temp(temperature), self._mirostat(values, n_vocab)]
        top_k, top_p, min_p, typical_p, tfs_z = (_number(values, name) for name in ("top_k", "top_p", "min_p", "typical_p", "tfs_z"))
        samplers: list[Any] = []
        if top_k > 0:
            samplers.append(lib.llama_sampler_init_top_k(int(top_k)))
        if tfs_z < 1:
            from .tail_free import tail_free

            samplers.append(self._keep(tail_free(tfs_z)))
        if typical_p < 1:
            samplers.append(lib.llama_sampler_init_typical(typical_p, 1))
        if top_p < 1:
            samplers.append(lib.llama_sampler_init_top_p(top_p, 1))
        if min_p > 0:
            samplers.append(lib.llama_sampler_init_min_p(min_p, 1))
        return [*samplers, lib.llama_sampler_init_temp(temperature), lib.llama_sampler_init_dist(self.seed)]

    def _mirostat(self, values: Options, n_vocab: int) -> Any:
        tau, eta = _number(values, "mirostat_tau"), _number(values, "mirostat_eta")
        if values["mirostat"] == 1:
            return lib.llama_sampler_init_mirostat(n_vocab, self.seed, tau, eta, MIROSTAT_WINDOW)
        return lib.llama_sampler_init_mirostat_v2(self.seed, tau, eta)

    def _keep(self, custom: Any) -> Any:
        self._customs.append(custom)
        return custom.handle


def _seed(wanted: Value | None) -> int:
    """The given seed, or a new one that can be given again: what Ollama's clients send is a signed number."""
    assert isinstance(wanted, int)
    return random.getrandbits(31) if wanted == -1 or wanted & _RANDOM_SEED == _RANDOM_SEED else wanted & _RANDOM_SEED


def _number(values: Options, name: str) -> float:
    number = values[name]
    assert isinstance(number, int | float)
    return number
