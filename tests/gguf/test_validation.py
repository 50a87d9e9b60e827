"""What llama.cpp would answer with an abort is refused before it sees the file; what it can run passes."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.errors import GGUFError
from jupyter_ollama.gguf import TensorType, Typed, read_index, validate
from jupyter_ollama.gguf.values import f32, f32s, i32s, text, texts, u32

TOKENS, KINDS = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"
EPSILON = "llama.attention.layer_norm_rms_epsilon"
N_TOKENS = 380
Craft = Callable[..., Path]
EIGHT = {"llama.expert_count": u32(8), "llama.expert_used_count": u32(2)}


def test_a_converted_model_passes(tiny_gguf: Path) -> None:
    validate(read_index(tiny_gguf))


def raw_f32(value: float) -> Typed:
    return Typed(f32(0).type, value)


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"llama.block_count": u32(0)}, "block_count is 0"),
        ({"llama.block_count": u32(10_000)}, "block_count is 10,000"),
        ({"llama.block_count": u32(2**32 - 1)}, "block_count is 4,294,967,295"),
        ({"llama.block_count": text("two")}, "not a whole number"),
        ({"llama.block_count": None}, "block_count is missing"),
        ({"llama.context_length": u32(0)}, "context_length is 0"),
        ({"llama.embedding_length": u32(0)}, "embedding_length is 0"),
        ({"llama.embedding_length": u32(512)}, "embeddings are 256 wide"),
        ({"llama.expert_count": u32(8)}, "expert_used_count is 0 of 8"),
        ({"llama.expert_count": u32(100_000), "llama.expert_used_count": u32(2)}, "expert_count is 100,000"),
        ({"llama.expert_count": u32(8), "llama.expert_used_count": u32(9)}, "expert_used_count is 9 of 8"),
        ({"llama.expert_used_count": u32(2)}, "there are no experts"),
        ({**EIGHT, "llama.expert_group_count": u32(3), "llama.expert_group_used_count": u32(1)}, "expert_group_count is 3 for 8 experts"),
        ({**EIGHT, "llama.expert_group_count": u32(8), "llama.expert_group_used_count": u32(1)}, "expert_group_count is 8 for 8 experts"),
        ({**EIGHT, "llama.expert_group_count": u32(4), "llama.expert_group_used_count": u32(4)}, "expert_group_used_count is 4 of 4 groups"),
        ({**EIGHT, "llama.expert_group_count": u32(4)}, "expert_group_used_count is 0 of 4 groups"),
        ({"llama.expert_group_count": u32(1)}, "expert_group_count is 1 for 0 experts"),
        ({EPSILON: raw_f32(math.nan)}, "epsilon is nan"),
        ({EPSILON: raw_f32(math.inf)}, "epsilon is inf"),
        ({EPSILON: raw_f32(-1e-5)}, "above zero"),
        ({EPSILON: raw_f32(0.0)}, "above zero"),
        ({EPSILON: u32(1)}, "above zero"),
        ({TOKENS: texts(["same"] * N_TOKENS)}, "twice"),
        ({TOKENS: texts(["a", "a\0b", *map(str, range(N_TOKENS - 2))])}, "twice"),  # llama.cpp reads them up to the NUL
        ({TOKENS: texts([""] * N_TOKENS)}, "empty"),
        ({TOKENS: texts([])}, "empty"),
        ({TOKENS: texts(map(str, range(100))), KINDS: None}, "100 tokens but embeddings for 380"),
        ({TOKENS: i32s(range(N_TOKENS))}, "not an array of string"),
        ({TOKENS: text("abc")}, "not an array of string"),
        ({TOKENS: None}, "vocabulary is empty"),
        ({KINDS: i32s([1])}, "1 entries for 380 tokens"),
        ({KINDS: f32s([1.0] * N_TOKENS)}, "not an array of int32"),
        ({"tokenizer.ggml.scores": f32s([1.0])}, "1 entries for 380 tokens"),
        ({"tokenizer.ggml.merges": i32s([1])}, "not an array of string"),
        ({"tokenizer.ggml.model": text("none")}, "no tokenizer"),
        ({"tokenizer.ggml.model": text("no_vocab")}, "no tokenizer"),
        ({"tokenizer.ggml.model": None}, "no tokenizer"),
        ({"tokenizer.ggml.model": text("llama")}, "cannot write 256 of the 256 bytes"),
        ({"general.architecture": None}, "its architecture"),
    ],
)
def test_metadata_that_would_abort_llama_cpp_is_refused(craft: Craft, metadata: dict[str, Any], says: str) -> None:
    path = craft(metadata)

    with pytest.raises(GGUFError) as caught:
        validate(read_index(path))

    assert str(path) in str(caught.value)
    assert says.replace("cannot write 256 of the 256 bytes", "of the 256 bytes") in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("tensor", "kind"),
    [
        ("blk.0.attn_norm.weight", TensorType.I32),
        ("output_norm.weight", TensorType.Q8_0),
        ("blk.1.attn_q.weight", TensorType.I16),
        ("token_embd.weight", TensorType.I8),
    ],
)
def test_tensors_of_types_that_would_abort_llama_cpp_are_refused(craft: Craft, tensor: str, kind: TensorType) -> None:
    path = craft(types={tensor: kind})

    with pytest.raises(GGUFError, match=f"'{tensor}' has the type {kind.name}"):
        validate(read_index(path))


def test_a_few_empty_tokens_are_fine(craft: Craft) -> None:
    """llama.cpp gives them names itself."""
    path = craft({TOKENS: texts(["", "", *map(str, range(N_TOKENS - 2))])})

    validate(read_index(path))


def test_a_vocabulary_alone_is_no_model(tmp_path: Path, small_gguf: Path) -> None:
    with pytest.raises(GGUFError, match=r"block_count is missing"):
        validate(read_index(small_gguf))


def test_adapters_and_projectors_are_not_asked_for_a_vocabulary(craft: Craft) -> None:
    validate(read_index(craft({"general.type": text("adapter"), TOKENS: None})))
    validate(read_index(craft({"general.architecture": text("clip"), TOKENS: None})))


def test_experts_in_order_pass(craft: Craft) -> None:
    validate(read_index(craft(EIGHT)))
    validate(read_index(craft({**EIGHT, "llama.expert_group_count": u32(1), "llama.expert_group_used_count": u32(1)})))
    validate(read_index(craft({**EIGHT, "llama.expert_group_count": u32(4), "llama.expert_group_used_count": u32(2)})))
