"""Adapter folders against llama.cpp's own converter, and against merged weights: logits with the adapter are those of the merged model."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jupyter_ollama.convert import plan_adapter, plan_folder
from jupyter_ollama.gguf import GGUFIndex, Plan, TensorType, header_bytes, padded, read_index, tensor_bytes
from jupyter_ollama.safetensors import read_file, read_folder
from jupyter_ollama.sources import pick_files

from ..weights import n_rows
from .adapters import ADAPTERS, changes, floats, make_adapter
from .folders import make_folder, safetensors_bytes, write_weights
from .test_golden import shown

GOLDEN = Path(__file__).parents[1] / "golden" / "convert" / "lora"
OF_THE_BUILDER = {"general.file_type", "general.quantization_version"}
NOT_SAID = {"phi3": {"general.name"}}  # llama.cpp asks more of what is called phi3
IDS = [(7 * number * number + 3 * number + 11) % 370 for number in range(24)]
POSITIONS = [0, 11, 23]


def base_index(parent: Path, model: str) -> GGUFIndex:
    """The header of the GGUF that a tiny model becomes, in front of a hole."""
    plan = plan_folder(make_folder(parent, model))
    header, _ = header_bytes(plan.metadata, [(tensor.name, tensor.shape, tensor.type) for tensor in plan.tensors])
    path = parent / f"{model}.gguf"
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + sum(padded(tensor_bytes(tensor.type, tensor.shape)) for tensor in plan.tensors))
    return read_index(path)


def planned(parent: Path, name: str, **config: Any) -> Plan:
    """An adapter's plan."""
    base = base_index(parent, ADAPTERS[name].model)
    return plan_adapter(pick_files(make_adapter(parent, name, **config), adapter=True), base)


@pytest.mark.parametrize("name", [name for name, lora in ADAPTERS.items() if lora.converted])
def test_an_adapter_is_what_llama_cpps_converter_makes_of_it(name: str, tmp_path: Path) -> None:
    plan, golden = planned(tmp_path, name), json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))

    ours = []
    for tensor in sorted(plan.tensors, key=lambda tensor: tensor.name):
        raw = tensor.read(0, n_rows(tensor.shape))
        kind = {TensorType.F16: np.float16, TensorType.BF16: np.uint16}.get(tensor.type, np.float32)
        digest = hashlib.sha256(floats(raw.view(kind)).tobytes()).hexdigest()  # as the builder widens them
        ours.append({"name": tensor.name, "shape": list(tensor.shape), "type": "F32", "sha256": digest})

    assert ours == golden["tensors"]
    metadata = {key: shown(value) for key, value in plan.metadata.items()}
    assert metadata == {key: value for key, value in golden["metadata"].items() if key in metadata}
    assert golden["metadata"].keys() - metadata.keys() - OF_THE_BUILDER == NOT_SAID.get(name, set())


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[NDArray[np.float32]]]:
    """Logits of all models, merged models and models with adapters, from one child."""
    room = tmp_path_factory.mktemp("adapters")
    asked = []
    for name, lora in ADAPTERS.items():
        base, merged = (make_folder(room / name / kind, lora.model) for kind in ("base", "merged"))
        for folder, added in ((base, {}), (merged, changes(name))):
            _rewrite(folder, added)
        asked.append([str(base), str(merged), str(make_adapter(room / name, name)), IDS, POSITIONS])
    program = [sys.executable, "-m", "tests.convert.llama_adapter_logits"]
    done = subprocess.run(program, input=json.dumps(asked), capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found = [[np.frombuffer(base64.b64decode(one), np.float32) for one in three] for three in json.loads(done.stdout)]
    return dict(zip(ADAPTERS, found, strict=True))


def _rewrite(folder: Path, added: dict[str, NDArray[np.float32]]) -> None:
    """The weights in F32, with something added to some of them."""
    tensors = {}
    for key, tensor in read_folder(folder).items():
        kind = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}[tensor.dtype]
        values = floats(np.frombuffer(tensor.read(0, tensor.nbytes), kind)).reshape(tensor.shape)
        tensors[key] = ("F32", values + added[key] if key in added else values)
    assert added.keys() <= tensors.keys()
    for old in folder.glob("model*.safetensors*"):
        old.unlink()
    write_weights(folder, tensors)


@pytest.mark.parametrize("name", ADAPTERS)
def test_logits_with_the_adapter_are_those_of_merged_weights(name: str, computed: dict[str, list[NDArray[np.float32]]]) -> None:
    base, merged, adapted = computed[name]

    assert np.abs(adapted - merged).max() / merged.std() < ADAPTERS[name].logits
    assert np.abs(base - merged).max() / merged.std() > 0.1, "the adapter changes something"


@pytest.mark.parametrize("change", [("base_model.model.", ""), (".weight", ".default.weight")])
def test_names_of_other_ways_to_save_an_adapter_mean_the_same(change: tuple[str, str], tmp_path: Path) -> None:
    """A state saved by hand keeps the adapter's name, or never had the prefix of PEFT's wrapper."""
    plans = []
    for number in (0, 1):
        base, folder = base_index(tmp_path / str(number), "qwen2"), make_adapter(tmp_path / str(number), "qwen2")
        path = folder / "adapter_model.safetensors"
        tensors = read_file(path)
        path.write_bytes(safetensors_bytes({
            name.replace(*change) if number else name:
                (tensor.dtype, np.frombuffer(tensor.read(0, tensor.nbytes), np.float32).reshape(tensor.shape))
            for name, tensor in tensors.items()
        }))  # fmt: skip
        plans.append(plan_adapter(pick_files(folder, adapter=True), base))

    one, other = ({tensor.name: tensor.read(0, n_rows(tensor.shape)).tobytes() for tensor in plan.tensors} for plan in plans)
    assert one == other


def test_large_matrices_pass_in_pieces(tmp_path: Path) -> None:
    """Any rows of a half can be read by themselves: transposed, permuted, multiplied and stacked ones."""
    for name in ("mlx", "mlx-experts", "patterns", "llama-embeddings"):
        for tensor in planned(tmp_path / name, name).tensors:
            rows = n_rows(tensor.shape)
            pieces = [tensor.read(first, min(3, rows - first)).tobytes() for first in range(0, rows, 3)]

            assert b"".join(pieces) == tensor.read(0, rows).tobytes(), tensor.name
