"""Our conversion against llama.cpp's own converter: every tensor byte for byte, metadata key by key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf import Array, Typed, ValueType

from ..weights import n_rows
from .folders import make_folder
from .models import FOLDERS

GOLDEN = Path(__file__).parents[1] / "golden" / "convert"
LONGEST = 16


def golden(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return held


@pytest.fixture(params=FOLDERS)
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


def test_metadata_is_the_same_key_by_key(name: str, tmp_path: Path) -> None:
    plan = plan_folder(make_folder(tmp_path, name))
    theirs = golden(name)["metadata"]
    del theirs["general.file_type"]  # the builder's

    ours = {key: shown(value) for key, value in plan.metadata.items()}

    assert {key: value for key, value in ours.items() if key not in ON_PURPOSE.get(name, {})} == {
        key: value for key, value in theirs.items() if key not in ON_PURPOSE.get(name, {})
    }
    for key, why in ON_PURPOSE.get(name, {}).items():
        assert ours.get(key) != theirs.get(key), why


UNKNOWN = {"tokenizer.ggml.unknown_token_id": "llama.cpp's converter looks for special tokens in tokenizer.json only"}
SEVERAL_EOS = "llama.cpp's converter forgets the second EOS of generation_config.json"
ON_PURPOSE = {
    **dict.fromkeys(("llama2-spm-f16", "llama-linear", "mistral", "mixtral"), UNKNOWN),
    **dict.fromkeys(("phi3", "phi3-longrope"), {**UNKNOWN, "general.name": "llama.cpp wants <|endoftext|> of models that are called phi3"}),
    "llama2-fallback": {
        "tokenizer.ggml.scores": "llama.cpp's converter gives every token the same score, which splits text wrongly",
        "tokenizer.ggml.token_type": "it marks <unk> as a control token; in SentencePiece's own file it is the unknown token",
    },
    "llama31-rope": {"tokenizer.ggml.eos_token_ids": SEVERAL_EOS, "tokenizer.ggml.eot_token_id": SEVERAL_EOS},
}


def shown(value: Typed) -> list[Any]:
    """A value as the golden files write it."""
    if value.type is not ValueType.ARRAY:
        return [value.type.name, value.value]
    array: Array = value.value
    kind, items = f"ARRAY/{array.element.name}", list(array)
    if len(items) <= LONGEST:
        return [kind, items]
    return [kind, {"items": len(items), "sha256": hashlib.sha256(json.dumps(items).encode()).hexdigest()}]
