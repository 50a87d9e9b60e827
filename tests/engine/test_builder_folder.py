"""Building from a Hugging Face folder: conversion and quantization in one pass."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.convert import plan_folder
from jupyter_ollama.engine.builder import BuildJob, build
from jupyter_ollama.errors import DiskFull, SourceError, UnsupportedArchitecture
from jupyter_ollama.gguf import TensorType, read_index
from jupyter_ollama.quantization import parse_quantization

from ..convert.folders import make_folder
from ..weights import write_gguf
from . import ggufs
from .test_builder import run, types_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny Llama in BF16."""
    return make_folder(tmp_path / "folders")


def test_a_folder_becomes_f16(folder: Path, tmp_path: Path) -> None:
    events, built = run(BuildJob(folder, "folder", tmp_path / "target"))

    assert list(dict.fromkeys(event.status for event in events)) == ["converting model", "verifying conversion"]
    assert (built.file_type, built.source_type) == ("F16", "BF16")
    assert read_index(tmp_path / "target").file_type == "F16"
    assert set(types_of(tmp_path / "target").values()) == {TensorType.F16, TensorType.F32}


def test_a_folder_is_quantized_with_ollamas_statuses(folder: Path, tmp_path: Path) -> None:
    events, built = run(BuildJob(folder, "folder", tmp_path / "target", "q4_K_M"))

    statuses = ["converting model", "quantizing BF16 model to Q4_K_M", "verifying conversion"]
    assert list(dict.fromkeys(event.status for event in events)) == statuses
    assert (built.file_type, read_index(tmp_path / "target").file_type) == ("Q4_K_M", "Q4_K_M")


def test_what_llama_cpp_would_abort_on_is_refused_before_the_first_byte(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "deepseek3", topk_group=4)

    with pytest.raises(SourceError, match="expert_group_used_count is 4 of 4 groups"):
        run(BuildJob(folder, "folder", tmp_path / "target"))
    assert not (tmp_path / "target").exists()


def test_one_pass_makes_the_same_file_as_conversion_and_then_llama_cpps_quantizer(folder: Path, tmp_path: Path) -> None:
    converted = write_gguf(plan_folder(folder), tmp_path / "converted.gguf")
    run(BuildJob(folder, "folder", tmp_path / "ours", "q4_K_M"))
    ggufs.quantized_by_llama_cpp(converted, {tmp_path / "theirs": parse_quantization("q4_K_M").file_type})

    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_the_two_step_route_makes_the_same_file_and_leaves_nothing_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    for route in ("direct", "two_step"):
        run(BuildJob(folder, "folder", tmp_path / "store" / route, "q5_K_S", route=route))

    assert (tmp_path / "store" / "direct").read_bytes() == (tmp_path / "store" / "two_step").read_bytes()
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["direct", "two_step"]


@pytest.mark.parametrize("name", ["bf16", "f32"])
def test_float_types_are_conversions(name: str, folder: Path, tmp_path: Path) -> None:
    events, built = run(BuildJob(folder, "folder", tmp_path / "target", name))

    assert {event.kind for event in events} == {"converting", "verifying"}
    assert built.file_type == name.upper()
    assert TensorType[name.upper()] in types_of(tmp_path / "target").values()


@pytest.mark.parametrize(("name", "others"), [(None, TensorType.F16), ("q8_0", TensorType.Q8_0), ("q4_K_M", TensorType.Q4_K)])
def test_weights_that_come_in_mxfp4_stay_so(name: str | None, others: TensorType, tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "gpt-oss", hidden_size=256, head_dim=64, num_attention_heads=4)
    _, built = run(BuildJob(folder, "folder", tmp_path / "target", name))

    types = types_of(tmp_path / "target")
    assert {kind for tensor, kind in types.items() if tensor.endswith("_exps.weight")} == {TensorType.MXFP4}
    assert types["blk.1.attn_q.weight"] is others
    assert built.source_type in ("MXFP4", "BF16")


def test_a_missing_architecture_is_said_with_its_facts(folder: Path, tmp_path: Path) -> None:
    config = folder / "config.json"
    config.write_text(config.read_text().replace("LlamaForCausalLM", "LlamaForCausalLN"))

    with pytest.raises(UnsupportedArchitecture) as caught:
        run(BuildJob(folder, "folder", tmp_path / "target"))
    assert caught.value.architecture == "LlamaForCausalLN"
    assert "LlamaForCausalLM" in str(caught.value)


def test_weights_that_shrink_meanwhile_are_an_error_and_no_crash(folder: Path, tmp_path: Path) -> None:
    work = build(BuildJob(folder, "folder", tmp_path / "target"), CancelToken())
    next(work)
    for path in folder.glob("*.safetensors"):
        os.truncate(path, path.stat().st_size // 2)

    with pytest.raises(SourceError) as caught:
        list(work)
    assert "safetensors" in str(caught.value)


def test_a_full_disk_is_an_error(folder: Path) -> None:
    with pytest.raises(DiskFull):
        run(BuildJob(folder, "folder", Path("/dev/full")))
