"""Safetensors files and folders of them: the bytes at their places, and one clear error for everything else."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from jupyter_ollama.errors import SafetensorsError
from jupyter_ollama.safetensors import read_file, read_folder

from .convert.folders import make_folder, safetensors_bytes

GOOD = {"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "b": {"dtype": "BF16", "shape": [4], "data_offsets": [24, 32]}}
Header = dict[str, Any]


def raw_file(header: Any, data: bytes = bytes(32), *, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.safetensors"
    path.write_bytes(raw_file(GOOD, bytes(range(32))))
    return path


def test_tensors_are_where_the_package_wrote_them(tmp_path: Path) -> None:
    held = {"x": np.arange(12, dtype=np.float16).reshape(3, 4), "y": np.arange(5, dtype=np.int64), "z": np.float32([7]).reshape(())}
    save_file(held, tmp_path / "numpy.safetensors", {"by": "numpy"})

    tensors = read_file(tmp_path / "numpy.safetensors")

    assert {name: (tensor.dtype, tensor.shape) for name, tensor in tensors.items()} == {
        "x": ("F16", (3, 4)), "y": ("I64", (5,)), "z": ("F32", ()),
    }  # fmt: skip
    for name, values in held.items():
        assert tensors[name].read(0, tensors[name].nbytes) == values.tobytes()


def test_part_of_a_tensor_can_be_read(good: Path) -> None:
    tensors = read_file(good)

    assert tensors["a"].read(4, 8) == bytes(range(4, 12))
    assert tensors["b"].read(0, 8) == bytes(range(24, 32))
    assert tensors["b"].path == good


def replaced(name: str, **changes: Any) -> Header:
    return {**GOOD, name: {**GOOD[name], **changes}}


MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "seven bytes": bytes(7),
    "a header of no length": bytes(8),
    "a header longer than the file": raw_file(GOOD, length=10_000),
    "a header of 2^63 bytes": raw_file(GOOD, length=1 << 63),
    "a header of 120 MB": raw_file(GOOD, length=120_000_000),
    "no JSON": raw_file(b"{not json}"),
    "no UTF-8": raw_file(b'{"\xff": 1}'),
    "a list": raw_file([]),
    "a number": raw_file(b"123"),
    "nested too deeply": raw_file(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a tensor that is a number": raw_file({"a": 5}),
    "a tensor without a shape": raw_file({"a": {"dtype": "F32", "data_offsets": [0, 24]}}),
    "a tensor without offsets": raw_file({"a": {"dtype": "F32", "shape": [2, 3]}}),
    "an unknown dtype": raw_file(replaced("a", dtype="F31")),
    "a dtype that is a number": raw_file(replaced("a", dtype=4)),
    "a negative size": raw_file(replaced("a", shape=[-2, -3])),
    "a size with a fraction": raw_file(replaced("a", shape=[2.5, 3])),
    "sizes that overflow": raw_file(replaced("a", shape=[1 << 62, 1 << 62])),
    "negative offsets": raw_file(replaced("a", data_offsets=[-24, 0])),
    "offsets in reverse": raw_file(replaced("a", data_offsets=[24, 0])),
    "three offsets": raw_file(replaced("a", data_offsets=[0, 24, 24])),
    "offsets beyond the file": raw_file(replaced("b", data_offsets=[24, 1 << 40])),
    "tensors that overlap": raw_file(replaced("b", data_offsets=[16, 24])),
    "a hole between tensors": raw_file(replaced("b", data_offsets=[32, 40]), bytes(40)),
    "a shape that does not fit the offsets": raw_file(replaced("a", shape=[2, 4])),
    "data missing": raw_file(GOOD, bytes(31)),
    "data left over": raw_file(GOOD, bytes(33)),
    "metadata that is no text": raw_file({**GOOD, "__metadata__": {"a": 1}}),
    "a pickle": b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01" * 9,
    "a GGUF": b"GGUF\x03\x00\x00\x00" + bytes(99),
    "an HTML page": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_file_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(MALFORMED[what])

    with pytest.raises(SafetensorsError) as caught:
        read_file(path)

    assert str(path) in str(caught.value)
    assert caught.value.path == path
    assert caught.value.hint


def test_a_file_cut_anywhere_is_refused(tmp_path: Path, good: Path) -> None:
    raw, path = good.read_bytes(), tmp_path / "cut.safetensors"

    for length in range(len(raw)):
        path.write_bytes(raw[:length])
        with pytest.raises(SafetensorsError):
            read_file(path)


def test_random_damage_to_the_header_is_read_or_refused(tmp_path: Path, good: Path) -> None:
    raw, path, dice = good.read_bytes(), tmp_path / "damaged.safetensors", random.Random(5)
    started, refused = time.process_time(), 0
    for _ in range(800):
        damaged = bytearray(raw)
        for _ in range(dice.randint(1, 3)):
            damaged[dice.randrange(len(raw) - 32)] = dice.choice(b'0123456789[]{},:"\x00\xff FBx')
        path.write_bytes(damaged)
        try:
            read_file(path)
        except SafetensorsError:
            refused += 1

    assert refused > 600
    assert time.process_time() - started < 20


def test_a_file_that_shrinks_is_an_error_not_a_crash(good: Path) -> None:
    tensors = read_file(good)
    with good.open("r+b") as file:
        file.truncate(20)

    with pytest.raises(SafetensorsError, match="too early") as caught:
        tensors["b"].read(0, 8)

    assert caught.value.path == good


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SafetensorsError, match="not a regular file"):
        read_file(tmp_path)
    with pytest.raises(SafetensorsError, match="No such file"):
        read_file(tmp_path / "none.safetensors")


def one(name: str) -> bytes:
    return safetensors_bytes({name: ("F32", np.zeros(4, dtype=np.float32))})


def test_one_file_is_a_model(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(one("a"))
    (tmp_path / "adapter.safetensors").write_bytes(one("b"))

    assert list(read_folder(tmp_path)) == ["a"]


def test_mistral_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "consolidated.safetensors").write_bytes(one("a"))

    assert list(read_folder(tmp_path)) == ["a"]


def test_only_the_files_that_are_asked_for_are_read(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"model-{name}.safetensors").write_bytes(one(name))

    assert list(read_folder(tmp_path, [tmp_path / "model-b.safetensors"])) == ["b"]


def test_shards_with_an_index_are_one_model(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")

    tensors = read_folder(folder)

    assert {tensor.path.name for tensor in tensors.values()} == {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}
    assert set(tensors) == set(json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"])


def test_shards_without_an_index_are_one_model(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    expected = set(read_folder(folder))
    (folder / "model.safetensors.index.json").unlink()

    assert set(read_folder(folder)) == expected


def break_index(change: Callable[[Header], Any]) -> Callable[[Path], None]:
    def broken(folder: Path) -> None:
        path = folder / "model.safetensors.index.json"
        held = json.loads(path.read_text())
        changed = change(held)
        path.write_text(json.dumps(changed if isinstance(changed, (dict, list)) else held))

    return broken


FIRST = "model-00001-of-00002.safetensors"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / FIRST).unlink(), FIRST),
        (lambda folder: [(folder / FIRST).unlink(), (folder / "model.safetensors.index.json").unlink()], FIRST),
        (lambda folder: (folder / "model.safetensors.index.json").write_text("{"), "not usable JSON"),
        (lambda folder: (folder / "model.safetensors.index.json").write_text("[" * 99_999), "not usable JSON"),
        (lambda folder: (folder / "model.safetensors.index.json").write_bytes(b"\xff\xfe"), "not usable JSON"),
        (break_index(lambda held: []), "not an object"),
        (break_index(lambda held: {"weight_map": {}}), "no weight_map"),
        (break_index(lambda held: {"weight_map": [1]}), "no weight_map"),
        (break_index(lambda held: held["weight_map"].update({"ghost": FIRST})), "ghost"),
        (break_index(lambda held: held["weight_map"].pop("model.norm.weight")), "does not know 'model.norm.weight'"),
        (break_index(lambda held: held["weight_map"].update({"model.norm.weight": "../../secret.safetensors"})), "../../secret"),
        (break_index(lambda held: held["weight_map"].update({"model.norm.weight": "/etc/passwd"})), "/etc/passwd"),
        (break_index(lambda held: held["weight_map"].update({"model.norm.weight": "sub/x.safetensors"})), "sub/x"),
        (break_index(lambda held: held["weight_map"].update({"model.norm.weight": ".hidden.safetensors"})), ".hidden"),
        (break_index(lambda held: held["weight_map"].update({"model.norm.weight": 7})), "'7'"),
        (break_index(lambda held: held["weight_map"].update({"model.norm.weight": "other.safetensors"})), "other.safetensors"),
    ],
)
def test_index_and_shards_must_agree(tmp_path: Path, change: Callable[[Path], Any], says: str) -> None:
    folder = make_folder(tmp_path, "llama31-rope")
    change(folder)

    with pytest.raises(SafetensorsError) as caught:
        read_folder(folder)

    assert says in str(caught.value)
    assert str(folder) in str(caught.value)
    assert caught.value.hint


def test_a_tensor_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("model-a", "model-b"):
        (tmp_path / f"{name}.safetensors").write_bytes(one("same"))

    with pytest.raises(SafetensorsError, match="both have the tensor 'same'"):
        read_folder(tmp_path)


def test_a_folder_without_weights_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(SafetensorsError, match=r"model\*\.safetensors"):
        read_folder(tmp_path)
