"""From logits to the next token: a chain of llama.cpp's samplers, in Ollama's order.

penalties, top_k, typical_p, top_p, min_p, temperature, draw          temperature 0: penalties, the most probable token
penalties, temperature, mirostat                                      mirostat 1 or 2
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from ...errors import OptionError
from ...options import Options, Value, defaults
from .llama import lib

MIROSTAT_WINDOW = 100  # the tokens version 1 estimates from; the value of its paper and of llama.cpp
_RANDOM_SEED = 0xFFFFFFFF  # what llama.cpp takes as "choose one yourself"


class Sampler:
    """Draws the tokens of one answer. ``seed`` is the seed in force, also when it was chosen here."""

    def __init__(self, options: Options, n_vocab: int, n_ctx: int, prompt: Sequence[int]) -> None:
        values = {**defaults(), **options}
        _check(values)
        self.seed = _seed(values["seed"])
        parameters = lib.llama_sampler_chain_default_params()
        parameters.no_perf = True
        self.chain = lib.llama_sampler_chain_init(parameters)
        for sampler in [*_penalties(values, n_vocab, n_ctx, prompt), *_selection(values, n_vocab, self.seed)]:
            lib.llama_sampler_chain_add(self.chain, sampler)

    def close(self) -> None:
        """Give the native memory back."""
        lib.llama_sampler_free(self.chain)


def _penalties(values: Options, n_vocab: int, n_ctx: int, prompt: Sequence[int]) -> list[Any]:
    """The sampler that knows the last tokens, prompt included; none if nothing is penalized."""
    looks_back = n_ctx if values["repeat_last_n"] == -1 else min(int(_number(values, "repeat_last_n")), n_ctx)
    repeat, frequency, presence = (_number(values, f"{kind}_penalty") for kind in ("repeat", "frequency", "presence"))
    if looks_back == 0 or (repeat, frequency, presence) == (1.0, 0.0, 0.0):
        return []
    sampler = lib.llama_sampler_init_penalties(n_vocab, looks_back, repeat, frequency, presence)
    for token in prompt[-looks_back:]:
        lib.llama_sampler_accept(sampler, token)
    return [sampler]


def _selection(values: Options, n_vocab: int, seed: int) -> list[Any]:
    temperature = _number(values, "temperature")
    if temperature <= 0:
        return [lib.llama_sampler_init_greedy()]
    if values["mirostat"]:
        return [lib.llama_sampler_init_temp(temperature), _mirostat(values, n_vocab, seed)]
    top_k, top_p, min_p, typical_p = (_number(values, name) for name in ("top_k", "top_p", "min_p", "typical_p"))
    samplers: list[Any] = []
    if top_k > 0:
        samplers.append(lib.llama_sampler_init_top_k(int(top_k)))
    if typical_p < 1:
        samplers.append(lib.llama_sampler_init_typical(typical_p, 1))
    if top_p < 1:
        samplers.append(lib.llama_sampler_init_top_p(top_p, 1))
    if min_p > 0:
        samplers.append(lib.llama_sampler_init_min_p(min_p, 1))
    return [*samplers, lib.llama_sampler_init_temp(temperature), lib.llama_sampler_init_dist(seed)]


def _mirostat(values: Options, n_vocab: int, seed: int) -> Any:
    tau, eta = _number(values, "mirostat_tau"), _number(values, "mirostat_eta")
    if values["mirostat"] == 1:
        return lib.llama_sampler_init_mirostat(n_vocab, seed, tau, eta, MIROSTAT_WINDOW)
    return lib.llama_sampler_init_mirostat_v2(seed, tau, eta)


def _seed(wanted: Value | None) -> int:
    """The given seed, or a new one that can be given again: what Ollama's clients send is a signed number."""
    assert isinstance(wanted, int)
    return random.getrandbits(31) if wanted == -1 or wanted & _RANDOM_SEED == _RANDOM_SEED else wanted & _RANDOM_SEED


def _number(values: Options, name: str) -> float:
    number = values[name]
    assert isinstance(number, int | float)
    return number


def _check(values: Options) -> None:
    """Raises: OptionError for what llama.cpp would abort on."""
    for name in ("temperature", "repeat_penalty", "frequency_penalty", "presence_penalty", "mirostat_tau", "mirostat_eta"):
        if not math.isfinite(_number(values, name)):
            raise OptionError(f"{name} needs a finite number, not {values[name]}.", option=name, value=values[name])
    if _number(values, "repeat_penalty") <= 0:
        raise OptionError(
            f"repeat_penalty needs a number above 0, not {values['repeat_penalty']}.", hint="1 switches it off.",
            option="repeat_penalty", value=values["repeat_penalty"],
        )  # fmt: skip
    if values["mirostat"] not in (0, 1, 2):
        raise OptionError(f"mirostat is 0, 1 or 2, not {values['mirostat']}.", option="mirostat", value=values["mirostat"])
