"""A GGUF as the source of another one."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gguf
import numpy as np
import pytest

from jupyter_ollama.errors import GGUFError
from jupyter_ollama.gguf import TensorType, header_bytes, padded, plan_gguf, read_index
from jupyter_ollama.gguf.plan import stays_as_it_is
from jupyter_ollama.gguf.values import text, u32

from ..weights import n_rows, write_gguf


def test_a_plan_written_as_it_is_gives_the_same_file(tmp_path: Path, tiny_gguf: Path) -> None:
    again = write_gguf(plan_gguf(tiny_gguf), tmp_path / "again.gguf")

    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(tiny_gguf.read_bytes()).digest()


def test_it_says_what_the_source_is(tiny_gguf: Path) -> None:
    plan = plan_gguf(tiny_gguf)

    assert plan.source_type == "BF16"
    assert plan.source_bytes == sum(tensor.nbytes for tensor in read_index(tiny_gguf).tensors)
    assert "general.file_type" not in plan.metadata


def test_without_a_file_type_the_tensors_tell(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "untyped.gguf", "llama")
    writer.add_tensor("a.weight", np.ones((4, 64), dtype=np.float16))
    writer.add_tensor("b.weight", gguf.quants.quantize(np.ones((8, 64), dtype=np.float32), TensorType.Q8_0), raw_dtype=TensorType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    plan = plan_gguf(tmp_path / "untyped.gguf")

    assert plan.source_type == "Q8_0"
    assert plan.tensors[1].read(2, 3).size == 3 * 68


@pytest.mark.parametrize(
    ("name", "shape", "keep"),
    [
        ("output_norm.weight", (64,), True),
        ("blk.0.attn_q.weight", (64, 64), False),
        ("blk.0.attn_q.bias", (64,), True),
        ("blk.0.attn_q_norm.weight", (64, 4), True),
        ("blk.0.ffn_gate_inp.weight", (64, 8), True),
        ("blk.0.ffn_gate_exps.weight", (64, 64, 8), False),
        ("token_types.weight", (64, 2), True),
        ("blk.0.ssm_a", (64, 2), True),
    ],
)
def test_small_and_delicate_tensors_stay_as_they_are(name: str, shape: tuple[int, ...], keep: bool) -> None:
    assert stays_as_it_is(name, shape) is keep


def test_rows_can_be_read_from_many_threads(tiny_gguf: Path) -> None:
    tensor = max(plan_gguf(tiny_gguf).tensors, key=lambda tensor: n_rows(tensor.shape))
    whole = tensor.read(0, n_rows(tensor.shape))
    row = whole.size // n_rows(tensor.shape)

    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda number: tensor.read(number, 1), range(n_rows(tensor.shape))))

    assert all(np.array_equal(held, whole[number * row : (number + 1) * row]) for number, held in enumerate(rows))


def test_a_file_that_shrinks_is_an_error_not_a_crash(tiny_gguf: Path) -> None:
    plan = plan_gguf(tiny_gguf)
    with tiny_gguf.open("r+b") as file:
        file.truncate(1000)

    with pytest.raises(GGUFError, match="too early") as caught:
        plan.tensors[-1].read(0, 1)

    assert caught.value.path == tiny_gguf


def split(folder: Path, n_shards: int = 3, **changes: int) -> list[Path]:
    """A model in several files, two small tensors in each."""
    paths = []
    for number in range(n_shards):
        metadata = {"split.no": u32(number), "split.count": u32(n_shards), "split.tensors.count": u32(2 * n_shards)}
        if number == 0:
            metadata = {"general.architecture": text("llama"), "general.file_type": u32(1), **metadata}
        metadata |= {f"split.{key}": u32(value) for key, value in changes.items()}
        header, offsets = header_bytes(metadata, [(f"blk.{number}.{name}.weight", (32, 2), TensorType.F16) for name in ("a", "b")])
        path = folder / f"model-{number + 1:05d}-of-{n_shards:05d}.gguf"
        path.write_bytes(header + bytes([number]) * (offsets[-1] + padded(128) - len(header)))
        paths.append(path)
    return paths


def test_the_shards_of_a_split_model_become_one(tmp_path: Path) -> None:
    paths = split(tmp_path)

    for path in paths:
        plan = plan_gguf(path)
        assert [tensor.name for tensor in plan.tensors] == [f"blk.{n}.{name}.weight" for n in range(3) for name in ("a", "b")]
        assert [int(tensor.read(0, 2)[5]) for tensor in plan.tensors] == [0, 0, 1, 1, 2, 2]
        assert list(plan.metadata) == ["general.architecture"]
        assert plan.source_type == "F16"


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    paths = split(tmp_path)
    paths[1].unlink()

    with pytest.raises(GGUFError, match=r"has 2 shards, expected 3.*model-00002-of-00003\.gguf"):
        plan_gguf(paths[0])


def test_shards_must_be_named_as_shards(tmp_path: Path) -> None:
    path = split(tmp_path)[0].rename(tmp_path / "model.gguf")

    with pytest.raises(GGUFError, match=r"must use llama\.cpp split filename pattern"):
        plan_gguf(path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"count": 4}, "filename count 3 does not match metadata count 4"),
        ({"no": 2}, "filename index 1 does not match metadata index 3"),
        ({"tensors.count": 7}, "6 tensors, expected 7"),
    ],
)
def test_names_and_metadata_of_shards_must_agree(tmp_path: Path, changes: dict[str, int], says: str) -> None:
    paths = split(tmp_path, **changes)

    with pytest.raises(GGUFError, match=says):
        plan_gguf(paths[0])
