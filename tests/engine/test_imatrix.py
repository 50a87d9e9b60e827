"""Making an importance matrix of a model from a text."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.engine.imatrix import Measured, measure
from jupyter_ollama.errors import Cancelled, OllamaError, SourceError
from jupyter_ollama.events import Progress
from jupyter_ollama.gguf import plan_gguf, read_index
from jupyter_ollama.gguf.imatrix import read_imatrix

from . import ggufs

TEXT = "The cat sat on the mat, and the mat was flat. " * 40  # 1,840 tokens of the byte-level vocabulary, and a BOS


def run(work: Generator[Progress, None, Measured]) -> tuple[list[Progress], Measured]:
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return events, stop.value


def numbers(path: Path, name: str) -> NDArray[np.float32]:
    [tensor] = [tensor for tensor in plan_gguf(path).tensors if tensor.name == name]
    return tensor.read(0, int(np.prod(tensor.shape[1:]))).view(np.float32).reshape(tuple(reversed(tensor.shape)))


def test_what_the_first_matrices_meet_is_what_arithmetic_says(tmp_path: Path) -> None:
    """The input of a first layer's attention is the embedding, normalized and scaled; every chunk begins with the BOS token."""
    source = ggufs.model(tmp_path / "source.gguf", replace(ggufs.EVEN, n_layer=2), "F32")
    events, measured = run(measure("m", [source], TEXT, "cats.txt", tmp_path / "out.gguf", CancelToken()))

    tokens = np.array([256, *TEXT.encode()])[:1536].reshape(3, 512)
    tokens[:, 0] = 256
    rows = numbers(source, "token_embd.weight")[tokens.ravel()].astype(np.float64)
    inputs = rows / np.sqrt(np.square(rows).mean(1, keepdims=True) + 1e-6) * numbers(source, "blk.0.attn_norm.weight")
    means = read_imatrix(tmp_path / "out.gguf").means
    assert np.allclose(means["blk.0.attn_q.weight"], np.square(inputs).mean(0), rtol=1e-4)
    assert np.array_equal(means["blk.0.attn_q.weight"], means["blk.0.attn_v.weight"])
    parts = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    assert set(means) == {f"blk.{layer}.{part}.weight" for layer in (0, 1) for part in parts}
    assert measured == Measured(1536, 3, 14)
    assert [(event.completed, event.total) for event in events if event.kind == "measuring"][-1] == (len(TEXT), len(TEXT))


def test_the_file_says_what_it_was_made_of(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL)
    run(measure("m", [source], TEXT, "cats.txt", tmp_path / "out.gguf", CancelToken()))
    index = read_index(tmp_path / "out.gguf")

    assert index.metadata["general.type"] == "imatrix"
    assert list(index.metadata["imatrix.datasets"]) == ["cats.txt"]
    assert (index.metadata["imatrix.chunk_count"], index.metadata["imatrix.chunk_size"]) == (3, 512)


def test_each_expert_counts_the_tokens_that_came_to_it(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS, edit=ggufs.with_experts)
    run(measure("m", [source], TEXT, "", tmp_path / "out.gguf", CancelToken()))

    counts = numbers(tmp_path / "out.gguf", "blk.1.ffn_up_exps.weight.counts").ravel()
    assert (len(counts), counts.sum()) == (8, 2 * 1536)
    assert numbers(tmp_path / "out.gguf", "blk.1.ffn_down_exps.weight.in_sum2").shape == (8, 64)


def test_a_text_that_is_too_short_is_refused_with_its_length(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL)

    with pytest.raises(SourceError, match="has 11 tokens, an importance matrix needs 512"):
        run(measure("m", [source], "0123456789", "", tmp_path / "out.gguf", CancelToken()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source.gguf"]


def test_a_cancelled_measurement_leaves_nothing(tmp_path: Path) -> None:
    source, cancel = ggufs.model(tmp_path / "source.gguf", ggufs.SLOW), CancelToken()
    work = measure("m", [source], TEXT * 20, "", tmp_path / "out.gguf", cancel)
    next(event for event in work if event.completed)
    child = next(one for one in psutil.Process().children() if "jupyter_ollama.engine.worker.imatrix" in one.cmdline())
    cancel.cancel()

    with pytest.raises(Cancelled):
        run(work)
    assert not child.is_running()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source.gguf"]


def test_what_llama_cpp_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SMALL, edit=lambda _, held: held.pop("blk.1.attn_k.weight"))

    with pytest.raises(OllamaError, match=r"blk\.1\.attn_k\.weight"):
        run(measure("m", [source], TEXT, "", tmp_path / "out.gguf", CancelToken()))
