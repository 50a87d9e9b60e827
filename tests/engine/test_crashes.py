"""Hostile and damaged models: one clear error each, and the next model works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.scheduler import Engines
from jupyter_ollama.errors import EngineCrashed, EngineError, LoadError

from . import tiny
from .talk import files, text

Edit = Callable[[tiny.Metadata, tiny.Weights], None]


def nan_epsilon(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["llama.attention.layer_norm_rms_epsilon"] = float("nan")


def negative_epsilon(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["llama.attention.layer_norm_rms_epsilon"] = -1.0


def experts_without_a_count(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["llama.expert_count"] = 8


def norm_of_integers(_: tiny.Metadata, weights: tiny.Weights) -> None:
    weights["output_norm.weight"] = weights["output_norm.weight"].astype(np.int32)


def no_blocks(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["llama.block_count"] = 0


def same_tokens(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["tokenizer.ggml.tokens"] = ["a"] * 272


def no_text_at_all(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata |= {"tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": [""] * 272, "tokenizer.ggml.scores": [0.0] * 272}


def no_tokenizer(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["tokenizer.ggml.model"] = "none"


def missing_tensor(_: tiny.Metadata, weights: tiny.Weights) -> None:
    del weights["output_norm.weight"]


def wrong_shape(_: tiny.Metadata, weights: tiny.Weights) -> None:
    weights["output_norm.weight"] = np.ones(7, np.float32)


def unknown_tokenizer(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["tokenizer.ggml.model"] = "abacus"


def endless_context(metadata: tiny.Metadata, _: tiny.Weights) -> None:
    metadata["llama.context_length"] = (1 << 31) - 1


@pytest.fixture
def attempt(engines: Engines, tmp_path: Path, models: Path) -> Callable[..., EngineError]:
    """Use a model, expect an error; a sound model must work right after."""
    sound = tiny.chain(models / "sound.gguf", "abc")

    def ask(path: Path, *adapters: Path, **options: int) -> EngineError:
        with (
            pytest.raises(EngineError) as caught,
            engines.acquire(files(path, *adapters), {"num_thread": 1, **options}, keep_alive=0, cancel=CancelToken()) as engine,
        ):
            text(engine, "hello", num_predict=4)
        with engines.acquire(files(sound), {"num_thread": 1}, cancel=CancelToken()) as engine:
            assert text(engine, "a") == b"bc"
        return caught.value

    return ask


@pytest.mark.parametrize(
    "edit", [nan_epsilon, negative_epsilon, experts_without_a_count, norm_of_integers, no_blocks, same_tokens, no_text_at_all, no_tokenizer]
)
def test_a_model_that_makes_native_code_abort_kills_only_its_child(attempt: Callable[..., EngineError], tmp_path: Path, edit: Edit) -> None:
    error = attempt(tiny.random_llama(tmp_path / "hostile.gguf", edit=edit))
    assert isinstance(error, EngineCrashed)
    assert error.signal == "SIGABRT"
    assert error.log
    assert "The engine of hostile was ended by SIGABRT: " in error.message
    assert "/tmp" not in error.message


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (missing_tensor, "tensor 'output_norm.weight' not found"),
        (wrong_shape, "output_norm.weight"),
        (unknown_tokenizer, "abacus"),
    ],
)
def test_a_refused_model_is_told_with_llama_cpps_reason(
    attempt: Callable[..., EngineError], tmp_path: Path, edit: Edit, reason: str
) -> None:
    error = attempt(tiny.random_llama(tmp_path / "refused.gguf", edit=edit))
    assert isinstance(error, LoadError)
    assert error.message.startswith("llama.cpp does not load refused: ")
    assert reason in error.message
    assert "create the model again" in str(error)


def test_a_truncated_model_is_refused(attempt: Callable[..., EngineError], tmp_path: Path) -> None:
    path = tiny.random_llama(tmp_path / "cut.gguf")
    path.write_bytes(path.read_bytes()[:-1000])
    error = attempt(path)
    assert isinstance(error, LoadError)
    assert "not within the file bounds" in error.message


@pytest.mark.parametrize("content", [b"", b"hello", b"GGUF", b"GGUF" + bytes(100), bytes(1000)])
def test_a_file_that_is_no_model_is_refused(attempt: Callable[..., EngineError], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "nothing.gguf"
    path.write_bytes(content)
    assert isinstance(attempt(path), LoadError)


def test_a_missing_file_is_refused(attempt: Callable[..., EngineError], tmp_path: Path) -> None:
    error = attempt(tmp_path / "absent.gguf")
    assert isinstance(error, LoadError)
    assert "No such file" in error.message


def test_an_adapter_of_another_kind_is_refused(attempt: Callable[..., EngineError], tmp_path: Path, models: Path) -> None:
    base = tiny.chain(tmp_path / "base.gguf", "abc")
    error = attempt(base, base)
    assert isinstance(error, LoadError)
    assert "adapter base.gguf of base" in error.message
    assert "LoRA" in str(error)


def test_an_adapter_that_does_not_exist_is_refused(attempt: Callable[..., EngineError], tmp_path: Path) -> None:
    error = attempt(tiny.chain(tmp_path / "base.gguf", "abc"), tmp_path / "absent.gguf")
    assert isinstance(error, LoadError)


def test_a_context_that_no_memory_holds_is_refused(attempt: Callable[..., EngineError], tmp_path: Path) -> None:
    error = attempt(tiny.random_llama(tmp_path / "wide.gguf", edit=endless_context), num_ctx=(1 << 31) - 1)
    assert isinstance(error, LoadError | EngineCrashed)
    assert "num_ctx" in str(error)
