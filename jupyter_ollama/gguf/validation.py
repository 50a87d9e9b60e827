"""The check before native code sees a file: what llama.cpp would answer with an abort instead of an error.

`read_index` has already settled structure, sizes and places. Here the content is looked at: numbers that size the network, the
vocabulary, and the element types of small tensors. It makes aborts rare; it does not replace the child process.
"""

from __future__ import annotations

import math
import re

from ..errors import GGUFError
from ..sentences import Sentence
from .index import GGUFIndex
from .tensors import TensorInfo
from .tokens import check_tokens
from .types import FLOATS, INTEGERS, TensorType

MAX_BLOCKS = 512
MAX_EXPERTS = 512
MAX_WIDTH = 1 << 24
NOT_TEXT_MODELS = ("clip",)

_EPSILON = re.compile(r"\.attention\.(layer_norm_epsilon|layer_norm_rms_epsilon|group_norm_epsilon)$")
_MATRIX = re.compile(r"(blk\.\d+\.(attn|ffn)_\w+|token_embd|output)\.weight")


def validate(index: GGUFIndex) -> None:
    """Check that a file holds a model that llama.cpp can be trusted with.

    Files that are no language model by themselves (adapters, projectors) only have their tensor types checked.

    Raises: GGUFError naming the file, the thing and what to do.
    """
    for tensor in index.tensors:
        _check_type(index, tensor)
    if index.metadata.get("general.type", "model") != "model" or index.architecture in NOT_TEXT_MODELS:
        return
    if not index.architecture:
        raise problem(index, "it does not say its architecture", "general.architecture is missing: convert the model again.")
    if not index.tensors:
        raise problem(index, "it has no tensors", "It holds a vocabulary only: get the file with the weights.")
    _check_sizes(index)
    _check_experts(index)
    _check_epsilons(index)
    check_tokens(index, problem)
    _check_vocabulary_fits(index)


def problem(index: GGUFIndex, what: str, hint: str = "The file is corrupt or was converted wrongly: get it again.") -> GGUFError:
    """An error about the content of this file."""
    return GGUFError(Sentence("%1 cannot be run: %2.", index.path, Sentence.of(what)), hint=hint, path=index.path)


def _integer(index: GGUFIndex, key: str) -> int | None:
    held = index.metadata.get(key)
    if held is not None and index.integer(key) is None:
        raise problem(index, Sentence("%1 is %2, not a whole number", key, repr(held)))
    return index.integer(key)


def _check_sizes(index: GGUFIndex) -> None:
    for name, most in (("block_count", MAX_BLOCKS), ("embedding_length", MAX_WIDTH), ("context_length", 1 << 31)):
        key = f"{index.architecture}.{name}"
        value = _integer(index, key)
        if value is None:
            raise problem(index, Sentence("%1 is missing", key))
        if not 1 <= value <= most:
            raise problem(
                index, Sentence("%1 is %2", key, f"{value:,}"),
                Sentence("It must be from 1 to %1: the file is corrupt, get it again.", f"{most:,}"),
            )  # fmt: skip


def _check_experts(index: GGUFIndex) -> None:
    count_key, used_key = f"{index.architecture}.expert_count", f"{index.architecture}.expert_used_count"
    count, used = _integer(index, count_key) or 0, _integer(index, used_key) or 0
    if not 0 <= count <= MAX_EXPERTS:
        raise problem(index, Sentence("%1 is %2", count_key, f"{count:,}"), Sentence("At most %1 experts are possible.", MAX_EXPERTS))
    if count and not 1 <= used <= count:
        raise problem(
            index, Sentence("%1 is %2 of %3 experts", used_key, f"{used:,}", f"{count:,}"),
            Sentence("It must be from 1 to %1.", f"{count:,}"),
        )  # fmt: skip
    if used and not count:
        raise problem(index, Sentence("%1 is %2, but there are no experts", used_key, f"{used:,}"))
    _check_groups(index, count)


def _check_groups(index: GGUFIndex, n_experts: int) -> None:
    """Groups of experts: all of one size, at least two experts in each, and not all of them chosen."""
    count_key, used_key = f"{index.architecture}.expert_group_count", f"{index.architecture}.expert_group_used_count"
    count, used = _integer(index, count_key) or 0, _integer(index, used_key) or 0
    if count and (count < 0 or count >= n_experts or n_experts % count):
        raise problem(
            index, Sentence("%1 is %2 for %3 experts", count_key, f"{count:,}", f"{n_experts:,}"),
            "They must be groups of one size, of two or more.",
        )  # fmt: skip
    if count > 1 and not 1 <= used < count:
        raise problem(
            index, Sentence("%1 is %2 of %3 groups", used_key, f"{used:,}", f"{count:,}"),
            Sentence("It must be from 1 to %1.", f"{count - 1:,}"),
        )  # fmt: skip


def _check_epsilons(index: GGUFIndex) -> None:
    for key, value in index.metadata.items():
        if not _EPSILON.search(key):
            continue
        if not isinstance(value, float) or not math.isfinite(value) or value <= 0:
            raise problem(index, Sentence("%1 is %2", key, repr(value)), "It must be a small number above zero.")


def _check_type(index: GGUFIndex, tensor: TensorInfo) -> None:
    small = len(tensor.shape) == 1 or "_norm" in tensor.name
    if small and tensor.name.endswith((".weight", ".bias")) and tensor.type not in FLOATS:
        raise problem(
            index, Sentence("the tensor %1 has the type %2", repr(tensor.name), tensor.type.name), "Norms and biases must be floats."
        )
    if tensor.type in INTEGERS | {TensorType.F64} and _MATRIX.fullmatch(tensor.name):
        raise problem(
            index, Sentence("the tensor %1 has the type %2", repr(tensor.name), tensor.type.name), "Weights cannot have this type."
        )


def _check_vocabulary_fits(index: GGUFIndex) -> None:
    embedding, tokens = index.tensor("token_embd.weight"), index.metadata.get("tokenizer.ggml.tokens")
    if embedding is None or tokens is None or len(embedding.shape) != 2:
        return
    if embedding.shape[1] != len(tokens):
        raise problem(index, Sentence("it has %1 tokens but embeddings for %2", f"{len(tokens):,}", f"{embedding.shape[1]:,}"))
    if embedding.shape[0] != index.embedding_length:
        raise problem(
            index, Sentence("embedding_length is %1, but embeddings are %2 wide", f"{index.embedding_length:,}", f"{embedding.shape[0]:,}")
        )
