"""Types of some tensors by the user's word, importance matrices, quantizing again: equal to what llama.cpp makes, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from jupyter_ollama.engine.builder import BuildJob
from jupyter_ollama.errors import OllamaError, QuantizationError, SourceError
from jupyter_ollama.gguf import TensorType, plan_gguf, read_index
from jupyter_ollama.gguf.imatrix import imatrix_bytes
from jupyter_ollama.quantization import QUANTIZATIONS, parse_quantization

from ..convert.folders import make_folder
from . import ggufs
from .test_builder import run, types_of

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """One file to make, by us and by llama.cpp. ``imatrix``: the GGUF; the means lie beside it as an npz."""

    source: Path
    quantize: str
    choices: Choices = field(default_factory=list)
    imatrix: Path | None = None
    requantize: bool = False
    route: str = "direct"


_THEIRS = """
import ctypes, json, sys, numpy as np, llama_cpp as c
for source, target, file_type, choices, imatrix, requantize in json.loads(sys.argv[1]):
    p = c.llama_model_quantize_default_params()
    p.ftype, p.allow_requantize = file_type, requantize
    types = (c.llama_cpp.llama_model_tensor_override * (len(choices) + 1))()
    for record, (pattern, kind) in zip(types, choices):
        record.pattern, record.type = pattern.encode(), kind
    p.tt_overrides = types
    if imatrix:
        held = dict(np.load(imatrix))
        entries = (c.llama_cpp.llama_model_imatrix_data * (len(held) + 1))()
        for record, (name, values) in zip(entries, held.items()):
            record.name, record.size, record.data = name.encode(), values.size, values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        p.imatrix = entries
    assert not c.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(p)), target
"""
_OURS = """
import json, sys
from pathlib import Path
from jupyter_ollama.engine.worker.builder.job import Job, make
from jupyter_ollama.engine.worker.builder.progress import Reporter
from jupyter_ollama.quantization import parse_quantize
for source, target, name, choices, imatrix, requantize, route in json.loads(sys.argv[1]):
    wanted = parse_quantize(name, dict(choices), imatrix, requantize=requantize)
    make(Job(Path(source), "gguf", Path(target), wanted, route), Reporter(lambda frame: None))
"""


def made(cases: Iterable[Case], folder: Path) -> list[tuple[Path, Path]]:
    """Ours and llama.cpp's file of each case, made in one child each, which is faster than a child a file."""
    ours, theirs, files = [], [], []
    for number, case in enumerate(cases):
        mine, other = folder / f"ours-{number}", folder / f"theirs-{number}"
        kinds = [(pattern, int(TensorType.__members__[kind.upper()])) for pattern, kind in case.choices]
        means = str(case.imatrix.with_suffix(".npz")) if case.imatrix else None
        imatrix = str(case.imatrix) if case.imatrix else None
        ours.append([str(case.source), str(mine), case.quantize, case.choices, imatrix, case.requantize, case.route])
        theirs.append([str(case.source), str(other), parse_quantization(case.quantize).file_type, kinds, means, case.requantize])
        files.append((mine, other))
    ggufs.in_child(_OURS, json.dumps(ours))
    ggufs.in_child(_THEIRS, json.dumps(theirs))
    return files


def weights(path: Path) -> dict[str, tuple[TensorType, bytes]]:
    """Type and bytes of every tensor."""
    plan = plan_gguf(path)
    return {tensor.name: (tensor.type, tensor.read(0, int(np.prod(tensor.shape[1:]))).tobytes()) for tensor in plan.tensors}


def importance(source: Path, folder: Path) -> Path:
    """An importance matrix with other numbers for each column and expert as a GGUF, and beside it an npz of the means."""
    rng, sums = np.random.default_rng(3), {}
    for tensor in plan_gguf(source).tensors:
        if tensor.name.startswith("blk.") and not tensor.keep:
            n_matrices = int(np.prod(tensor.shape[2:]))
            counts = np.full(n_matrices, 600, np.float32)
            counts[1::3] = 0  # experts that no token was sent to
            sums[tensor.name] = (rng.gamma(0.3, 900, (n_matrices, tensor.shape[0])).astype(np.float32), counts)
    (folder / "imatrix.gguf").write_bytes(imatrix_bytes(sums, "a text.txt", 3, 512))
    means = {}
    for name, (squares, counts) in sums.items():
        divided = squares / np.maximum(counts, 1)[:, None]
        divided[counts == 0] = 1
        means[name] = divided.ravel()
    np.savez(folder / "imatrix.npz", **means)
    return folder / "imatrix.gguf"


CHOSEN: list[tuple[str, Choices]] = [
    ("q4_K_M", [("attn_v", "q8_0")]),
    ("q4_0", [(r"blk\.[01]\.ffn_down", "q6_K"), ("ffn", "q3_K"), ("token_embd|output\\.", "f16")]),
    ("q8_0", [("attn_(q|k)", "bf16"), ("attn_v", "f32")]),
    ("q5_1", [("attn", "iq4_xs"), ("ffn_up", "iq4_nl")]),
]


def test_chosen_types_make_what_llama_cpp_makes_of_them(tmp_path: Path) -> None:
    """One pattern; several, of which the first that is found counts; floats; types on a curve: on both routes."""
    source = ggufs.model(tmp_path / "source.gguf", replace(ggufs.EVEN, n_layer=4))
    cases = [Case(source, name, choices, route=route) for name, choices in CHOSEN for route in ("direct", "two_step")]

    for case, (ours, theirs) in zip(cases, made(cases, tmp_path), strict=True):
        assert ours.read_bytes() == theirs.read_bytes(), case
        assert TensorType.__members__[case.choices[0][1].upper()] in types_of(ours).values()


@pytest.mark.parametrize(
    ("shape", "edit"), [(ggufs.EVEN, None), (ggufs.EXPERTS, ggufs.with_experts), (ggufs.ODD, None)], ids=["dense", "experts", "rows of 32"]
)
def test_with_an_importance_matrix_every_type_is_what_llama_cpp_makes_with_it(shape: Any, edit: Any, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", replace(shape, n_layer=3), edit=edit)
    imatrix = importance(source, tmp_path)
    types = [one.spelling for one in QUANTIZATIONS if not one.is_float]
    files = made([Case(source, name, imatrix=imatrix) for name in types], tmp_path)

    assert [name for name, (ours, theirs) in zip(types, files, strict=True) if weights(ours) != weights(theirs)] == []


def test_the_matrix_changes_the_numbers_and_is_named_in_the_file(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    imatrix = importance(source, tmp_path)
    run(BuildJob(source, "gguf", tmp_path / "plain", "q4_K_M"))
    for route in ("direct", "two_step"):
        run(BuildJob(source, "gguf", tmp_path / route, "q4_K_M", route, imatrix=imatrix))  # type: ignore[arg-type]

    said = {key: value for key, value in read_index(tmp_path / "direct").metadata.items() if key.startswith("quantize.")}
    assert said == {
        "quantize.imatrix.file": "imatrix.gguf", "quantize.imatrix.dataset": "a text.txt",
        "quantize.imatrix.entries_count": 28, "quantize.imatrix.chunks_count": 3,
    }  # fmt: skip
    assert (tmp_path / "direct").read_bytes() == (tmp_path / "two_step").read_bytes()
    assert weights(tmp_path / "direct")["blk.0.attn_q.weight"] != weights(tmp_path / "plain")["blk.0.attn_q.weight"]


def test_tensors_of_which_the_matrix_says_nothing_are_counted_before_it_starts(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    some = {f"blk.{layer}.attn_q.weight": (np.ones((1, 256), np.float32), np.ones(1, np.float32)) for layer in range(4)}
    (tmp_path / "some.gguf").write_bytes(imatrix_bytes(some, "", 1, 512))
    events, _ = run(BuildJob(source, "gguf", tmp_path / "target", "q4_K_M", imatrix=tmp_path / "some.gguf"))

    notes = [event.status for event in events[: [event.kind for event in events].index("quantizing")]]
    assert notes[-1].startswith("some.gguf says nothing of 24 of 28 tensors (blk.0.attn_k.weight first)")


def refused(job: BuildJob) -> OllamaError:
    with pytest.raises(OllamaError) as caught:
        run(job)
    assert not job.target.exists()
    return caught.value


@pytest.mark.parametrize(
    ("names", "columns", "says"),
    [(["blk.0.attn_q.weight"], 320, "blk.0.attn_q.weight has 256 columns, the matrix 320"), (["blk.9.attn_q.weight"], 256, "names none")],
)
def test_the_matrix_of_another_model_is_refused(names: list[str], columns: int, says: str, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    held = {name: (np.ones((1, columns), np.float32), np.ones(1, np.float32)) for name in names}
    (tmp_path / "other.gguf").write_bytes(imatrix_bytes(held, "", 1, 512))
    error = refused(BuildJob(source, "gguf", tmp_path / "target", "q4_K_M", imatrix=tmp_path / "other.gguf"))

    assert isinstance(error, SourceError)
    assert says in error.message


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("attn_w", "Near it are attn_"), (r"blk\.[0-9]+\.fnn_down", "Near it are ffn_down"), ("zzz", "Names are "),
        ("attn_norm", "never quantized (blk.0.attn_norm.weight)"),
    ],
)  # fmt: skip
def test_a_pattern_that_changes_nothing_is_an_error_that_names_near_ones(pattern: str, says: str, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    error = refused(BuildJob(source, "gguf", tmp_path / "target", "q4_K_M", tensor_types=((pattern, "q8_0"),)))

    assert isinstance(error, QuantizationError)
    assert says in str(error)


AGAIN = [("q8_0", "q4_K_M"), ("q4_K_M", "q5_0"), ("q2_K", "f16"), ("iq4_xs", "q3_K_S"), ("q5_1", "iq4_nl"), ("q6_K", "q4_1")]


def test_what_is_quantized_can_be_quantized_again_as_llama_cpp_does(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    ggufs.quantized_by_llama_cpp(source, {tmp_path / first: parse_quantization(first).file_type for first, _ in AGAIN})
    cases = [Case(tmp_path / first, second, requantize=True, route=route) for first, second in AGAIN for route in ("direct", "two_step")]

    for case, (ours, theirs) in zip(cases, made(cases, tmp_path), strict=True):
        assert ours.read_bytes() == theirs.read_bytes(), case


@pytest.mark.parametrize("route", ["direct", "two_step"])
def test_without_a_word_it_is_not_quantized_again(route: Any, tmp_path: Path) -> None:
    ggufs.quantized_by_llama_cpp(ggufs.model(tmp_path / "source.gguf", ggufs.ODD), {tmp_path / "first": 2})

    assert "--requantize" in str(refused(BuildJob(tmp_path / "first", "gguf", tmp_path / "ours", "q8_0", route)))


def test_the_packages_reader_finds_what_was_written(tmp_path: Path) -> None:
    imatrix = importance(ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS), tmp_path)
    found = {tensor.name: tensor.data for tensor in gguf.GGUFReader(imatrix).tensors}

    for name, values in np.load(imatrix.with_suffix(".npz")).items():
        assert np.array_equal((found[f"{name}.in_sum2"] / found[f"{name}.counts"]).ravel(), values)


def test_weights_that_come_in_mxfp4_get_another_type_only_when_that_is_said(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "gpt-oss", hidden_size=256, head_dim=64, num_attention_heads=4)
    job = BuildJob(folder, "folder", tmp_path / "target", "q4_0", tensor_types=(("_exps", "q8_0"),))

    assert "which is MXFP4 already" in str(refused(job))
    run(replace(job, requantize=True))
    assert {kind for name, kind in types_of(job.target).items() if name.endswith("_exps.weight")} == {TensorType.Q8_0}
