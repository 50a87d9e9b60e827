"""Our conversion against llama.cpp's own converter: every tensor byte for byte, metadata key by key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf import Array, Typed, ValueType
from jupyter_ollama.pread import FileRange, RangeReader

from ..weights import n_rows
from .folders import make_folder
from .models import FOLDERS

GOLDEN = Path(__file__).parents[1] / "golden" / "convert"
LONGEST = 16


def golden(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return held


@pytest.fixture(params=[name for name, tiny in FOLDERS.items() if tiny.converted])
def name(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def test_every_tensor_is_byte_identical(name: str, tmp_path: Path) -> None:
    plan = plan_folder(make_folder(tmp_path, name))

    ours = [
        {
            "name": tensor.name, "shape": list(tensor.shape), "type": tensor.type.name,
            "sha256": hashlib.sha256(tensor.read(0, n_rows(tensor.shape)).tobytes()).hexdigest(),
        }
        for tensor in sorted(plan.tensors, key=lambda tensor: tensor.name)
    ]  # fmt: skip

    assert ours == golden(name)["tensors"]


def test_rows_read_in_pieces_are_the_same_rows(name: str, tmp_path: Path) -> None:
    plan = plan_folder(make_folder(tmp_path, name))

    for tensor in plan.tensors:
        rows = n_rows(tensor.shape)
        pieces = [tensor.read(first, min(7, rows - first)).tobytes() for first in range(0, rows, 7)]

        assert b"".join(pieces) == tensor.read(0, rows).tobytes(), tensor.name


def test_a_plan_says_beforehand_which_bytes_of_files_its_rows_need(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_folder(make_folder(tmp_path, name))
    read: list[FileRange] = []

    def noted(reader: RangeReader, offset: int, count: int, really: Any = RangeReader.read) -> bytes:
        read.append(FileRange(reader.path, offset, count))
        data: bytes = really(reader, offset, count)
        return data

    monkeypatch.setattr(RangeReader, "read", noted)
    for tensor in plan.tensors:
        rows = n_rows(tensor.shape)
        for first in {*range(0, rows, 1 + rows // 4), max(0, rows - 7)}:
            read.clear()
            tensor.read(first, min(7, rows - first))

            assert sorted(set(read)) == sorted(set(tensor.ranges(first, min(7, rows - first)))), tensor.name


def test_metadata_is_the_same_key_by_key(name: str, tmp_path: Path) -> None:
    plan = plan_folder(make_folder(tmp_path, name))
    theirs = golden(name)["metadata"]
    theirs.pop("general.file_type", None)  # the builder's

    ours, differs = {key: shown(value) for key, value in plan.metadata.items()}, FOLDERS[name].differs

    assert {key: value for key, value in ours.items() if key not in differs} == {
        key: value for key, value in theirs.items() if key not in differs
    }
    for key, why in differs.items():
        assert ours.get(key) != theirs.get(key), why


def shown(value: Typed) -> list[Any]:
    """A value as the golden files write it."""
    if value.type is not ValueType.ARRAY:
        return [value.type.name, value.value]
    array: Array = value.value
    kind, items = f"ARRAY/{array.element.name}", list(array)
    if len(items) <= LONGEST:
        return [kind, items]
    return [kind, {"items": len(items), "sha256": hashlib.sha256(json.dumps(items).encode()).hexdigest()}]
