"""What cannot be built: one clear error that names the thing, with its facts, and the kernel goes on."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import psutil
import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.builder import BuildJob, build
from jupyter_ollama.errors import DiskFull, EngineCrashed, GGUFError, LoadError, OllamaError, QuantizationError, SourceError, StoreError
from jupyter_ollama.gguf import TensorType, header_bytes, plan_gguf

from . import ggufs
from .test_builder import builder_of


def refusal(source: Path, target: Path, quantize: str | None = "q8_0", **options: Any) -> OllamaError:
    with pytest.raises(OllamaError) as caught:
        for _ in build(BuildJob(source, "gguf", target, quantize, **options), CancelToken()):
            pass
    return caught.value


@pytest.mark.parametrize("value", [np.nan, np.inf], ids=["NaN", "infinite"])
@pytest.mark.parametrize(("kind", "quantize"), [("BF16", "q4_K_M"), ("F32", "f16"), ("F16", "bf16")])
def test_a_tensor_with_values_that_are_no_numbers_is_named(value: float, kind: str, quantize: str, tmp_path: Path) -> None:
    def edit(_: Any, held: dict[str, Any]) -> None:
        held["blk.1.ffn_down.weight"][5, 7] = value

    error = refusal(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, kind, edit=edit), tmp_path / "target", quantize)

    assert isinstance(error, QuantizationError)
    assert "'blk.1.ffn_down.weight'" in error.message
    assert "NaN or infinite" in error.message
    assert error.tensor == "blk.1.ffn_down.weight"


@pytest.mark.parametrize("says", [None, 1, 0], ids=["unsaid", "F16", "F32"])
def test_what_is_quantized_already_is_not_quantized_again(says: int | None, tmp_path: Path) -> None:
    """Judged by the weights: a header that claims F16 does not help."""
    ggufs.quantized_by_llama_cpp(ggufs.model(tmp_path / "source.gguf", ggufs.ODD), {tmp_path / "q5_0.gguf": 8})
    ggufs.relabelled(tmp_path / "q5_0.gguf", says)

    error = refusal(tmp_path / "q5_0.gguf", tmp_path / "target", "q8_0")

    assert isinstance(error, QuantizationError)
    assert error.message.startswith("quantization is only supported for F16, BF16 and F32 models")
    assert error.source_type == "Q5_0"
    assert error.quantize == "Q8_0"


def test_a_matrix_of_integers_is_not_quantized(tmp_path: Path) -> None:
    def edit(_: Any, held: dict[str, Any]) -> None:
        held["blk.0.strange.weight"] = np.zeros((2, 32), np.int32)

    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, edit=edit)

    error = refusal(source, tmp_path / "target")

    assert isinstance(error, QuantizationError)
    assert "'blk.0.strange.weight'" in error.message
    assert "I32 numbers, which cannot become Q8_0" in error.message


def test_an_unknown_type_is_answered_with_the_list(tmp_path: Path) -> None:
    error = refusal(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL), tmp_path / "target", "q9_K")

    assert isinstance(error, QuantizationError)
    assert "q4_K_M" in error.supported


def test_a_truncated_gguf_is_refused(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL)
    os.truncate(source, source.stat().st_size // 2)

    error = refusal(source, tmp_path / "target")

    assert isinstance(error, GGUFError)
    assert str(source) in error.message


@pytest.mark.parametrize(("route", "says"), [("direct", "bytes too early"), ("two_step", "became shorter")])
def test_a_source_that_shrinks_meanwhile_is_an_error_and_no_crash(route: Literal["direct", "two_step"], says: str, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SLOW)
    work = build(BuildJob(source, "gguf", tmp_path / "target", "q2_K", route), CancelToken())
    next(event for event in work if event.completed)
    os.truncate(source, source.stat().st_size // 4)

    with pytest.raises(SourceError, match=says):
        list(work)


def test_a_model_without_a_tensor_does_not_get_into_the_store(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, edit=lambda _, held: held.pop("blk.1.attn_k.weight"))

    error = refusal(source, tmp_path / "target")

    assert isinstance(error, LoadError)
    assert "tensor 'blk.1.attn_k.weight' not found" in error.message
    assert str(source) in error.message


def test_a_model_that_llama_cpp_does_not_know_is_refused_with_its_reason(tmp_path: Path) -> None:
    error = refusal(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, architecture="llama9"), tmp_path / "target")

    assert isinstance(error, QuantizationError)
    assert "unknown model architecture: 'llama9'" in error.message


def test_a_model_that_makes_llama_cpp_abort_ends_only_the_child(tmp_path: Path) -> None:
    """This architecture asserts that there are experts, and ends the process when there are none."""
    error = refusal(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, architecture="llada-moe"), tmp_path / "target")

    assert isinstance(error, EngineCrashed)
    assert (error.signal, error.path) == ("SIGABRT", str(tmp_path / "source.gguf")) or error.path == tmp_path / "source.gguf"
    assert "while it checked the finished model" in error.message
    assert "n_expert must be > 0" in error.message
    assert any("GGML_ASSERT" in line for line in error.log)


def test_a_child_that_is_killed_is_reported_as_killed(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SLOW)
    work = build(BuildJob(source, "gguf", tmp_path / "target", "q2_K"), CancelToken())
    next(work)
    builder_of(psutil.Process()).send_signal(signal.SIGKILL)

    with pytest.raises(EngineCrashed) as caught:
        list(work)
    assert caught.value.signal == "SIGKILL"
    assert "memory" in str(caught.value)


def test_a_disk_without_room_is_seen_before_the_first_byte(tmp_path: Path) -> None:
    """The source is a sparse file of terabytes, which the disk of the target cannot hold."""
    source, target = _enormous(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL)), tmp_path / "target"

    error = refusal(source, target)

    assert isinstance(error, DiskFull)
    assert error.needed_bytes > error.free_bytes
    assert "choose a smaller type" in str(error)
    assert not target.exists()


def _enormous(path: Path) -> Path:
    plan = plan_gguf(path)
    infos = [(tensor.name, tensor.shape, tensor.type) for tensor in plan.tensors]
    header, offsets = header_bytes(plan.metadata, [*infos, ("blk.0.vast.weight", (1 << 20, 1 << 21), TensorType.BF16)])
    path.write_bytes(header)
    os.truncate(path, offsets[-1] + (1 << 42))
    return path


def test_a_disk_that_fills_up_meanwhile_is_the_same_error(tmp_path: Path) -> None:
    error = refusal(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL), Path("/dev/full"))

    assert isinstance(error, DiskFull)
    assert error.needed_bytes > 0


@pytest.fixture
def small_files_only() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("route", ["auto", "two_step"])
def test_a_limit_on_the_size_of_files_is_named(route: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.ODD)
    request.getfixturevalue("small_files_only")

    error = refusal(source, tmp_path / "target", "q4_K_M", route=route)

    assert isinstance(error, DiskFull)
    assert "100,000 bytes at most" in error.message
    assert "ulimit -f" in str(error)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    error = refusal(ggufs.model(tmp_path / "source.gguf", ggufs.SMALL), tmp_path / "nowhere" / "target")

    assert isinstance(error, StoreError)
    assert "nowhere" in error.message
