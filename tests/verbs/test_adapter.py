"""``ADAPTER``: folders of PEFT and MLX, files of theirs, GGUF adapters; on the model they belong to, and on others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama import Ollama, OllamaError, Progress, pocket
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.errors import Cancelled, SourceError
from jupyter_ollama.gguf import read_index
from jupyter_ollama.modelfile import Modelfile
from jupyter_ollama.names import ModelName
from jupyter_ollama.safetensors import read_file
from jupyter_ollama.settings import Settings
from jupyter_ollama.verbs.create import create as steps
from jupyter_ollama.verbs.places import OwnFiles

from ..convert.adapters import make_adapter
from ..convert.folders import make_folder, safetensors_bytes
from ..engine import tiny
from .conftest import Create, kinds, snapshot

PROMPT = "The robot"


def pocket_lora(folder: Path, strength: float = 1.0) -> Path:
    """A random LoRA for pocket."""
    folder.mkdir()
    dice, tensors = np.random.default_rng(1), {}
    for name, tensor in read_file(pocket.folder() / "model.safetensors").items():
        if name.endswith(("v_proj.weight", "down_proj.weight")):
            rows, columns = tensor.shape
            module = f"base_model.model.{name.removesuffix('.weight')}"
            tensors[f"{module}.lora_A.weight"] = ("F32", dice.standard_normal((4, columns)).astype(np.float32) / columns**0.5)
            tensors[f"{module}.lora_B.weight"] = ("F32", dice.standard_normal((rows, 4)).astype(np.float32) * strength)
    (folder / "adapter_model.safetensors").write_bytes(safetensors_bytes(tensors))
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 4, "lora_alpha": 4}), encoding="utf-8")
    return folder


def refusal(ollama: Ollama, text: str, **arguments: Any) -> SourceError:
    """The error of a create, which leaves nothing behind."""
    before = snapshot(ollama)
    with pytest.raises(SourceError) as caught:
        ollama.create("refused", text, **arguments).result(60)
    assert before == snapshot(ollama)
    return caught.value


def test_a_folder_beside_the_modelfile_changes_what_pocket_answers(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    pocket_lora(tmp_path / "strong")
    pocket_lora(tmp_path / "nothing", strength=0.0)
    create("plain", f"FROM {pocket.folder()}")
    create("tuned", "FROM plain\nADAPTER ./strong", base_dir=tmp_path)
    create("same", "FROM plain\nADAPTER ./nothing", base_dir=tmp_path)

    said = {
        name: ollama.generate(name, PROMPT, options={"temperature": 0, "num_predict": 12, "num_thread": 1}).result(60).message.content
        for name in ("plain", "tuned", "same")
    }  # fmt: skip

    assert said["tuned"] != said["plain"] == said["same"]


def test_show_names_the_adapter_and_its_modelfile_makes_the_model_again(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "llama31-rope"), make_adapter(tmp_path, "llama")
    model = create("tuned", f"FROM {base}\nADAPTER {lora}")
    [adapter] = model.adapters
    shown = ollama.show("tuned").modelfile

    assert ["model", "adapter"] == kinds(model)[:2]
    assert f"ADAPTER {adapter}" in shown
    index = read_index(adapter)
    assert ("adapter", "lora", 16.0, "llama") == tuple(
        index.metadata[key] for key in ("general.type", "adapter.type", "adapter.lora.alpha", "general.architecture")
    )
    assert model.manifest.layers[:2] == create("again", shown).manifest.layers[:2]


@pytest.mark.parametrize(("name", "base"), [("llama", "llama31-rope"), ("mlx", "llama31-rope"), ("gemma2", "gemma2"), ("mixtral", "mixtral")])
def test_folder_and_file_mean_the_same(name: str, base: str, create: Create, tmp_path: Path) -> None:
    folder, lora = make_folder(tmp_path, base), make_adapter(tmp_path, name)
    [file] = lora.glob("*.safetensors")
    layers = [create(str(number), f"FROM {folder}\nADAPTER {path}").manifest.layers[1] for number, path in enumerate((lora, file))]

    assert layers[0] == layers[1]


def test_the_gguf_that_a_folder_became_can_be_used_as_well(create: Create, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "qwen2"), make_adapter(tmp_path, "qwen2")
    one = create("one", f"FROM {base}\nADAPTER {lora}")
    copy = tmp_path / "lora.gguf"
    copy.write_bytes(one.adapters[0].read_bytes())

    assert one.manifest.layers == create("two", f"FROM {base}\nADAPTER {copy}").manifest.layers


def test_an_adapter_on_a_model_of_the_system_wide_store(tmp_path: Path) -> None:
    base, lora, theirs = make_folder(tmp_path, "qwen2"), make_adapter(tmp_path, "qwen2"), tmp_path / "service"
    with Ollama(theirs) as service:
        service.create("base", f"FROM {base}").result(60)
    with Ollama(settings=Settings(tmp_path / "own", service_models=theirs)) as ollama:
        ollama.create("tuned", f"FROM base\nADAPTER {lora}").result(60)

        assert ["model", "adapter"] == kinds(ollama.store.open(ModelName.valid("tuned")))[:2]


def test_an_adapter_fits_a_quantized_model_too(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "qwen2"), make_adapter(tmp_path, "qwen2")
    create("tuned", f"FROM {base}\nADAPTER {lora}", quantize="q8_0")

    assert ollama.generate("tuned", "a", options={"num_predict": 2, "num_thread": 1}).result(60).message.content


def test_converting_an_adapter_tells_how_far_it_is(ollama: Ollama, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "llama31-rope"), make_adapter(tmp_path, "llama")
    run = ollama.create("tuned", f"FROM {base}\nADAPTER {lora}")
    run.result(60)
    told = [event for event in run if isinstance(event, Progress) and event.status == "converting adapter"]

    assert told[-1].completed == told[-1].total == sum(tensor.nbytes for tensor in read_file(lora / "adapter_model.safetensors").values())


@pytest.mark.parametrize(
    ("base", "adapter", "says"),
    [
        ("tiny-llama", "llama", "but in the model of FROM it is 256 x 128"),
        ("llama31-rope", "mixtral", "changes what the model of FROM does not have"),
        ("gpt2", "llama", "the model of FROM is of the architecture 'gpt2'"),
        ("gemma2", "gemma", "is for a model whose blk.0.attn_k.weight is"),
    ],
)
def test_an_adapter_folder_of_another_model_is_refused(base: str, adapter: str, says: str, ollama: Ollama, tmp_path: Path) -> None:
    folder, lora = make_folder(tmp_path, base), make_adapter(tmp_path, adapter)
    error = refusal(ollama, f"FROM {folder}\nADAPTER {lora}")

    assert says in error.message
    assert str(lora) in error.message


def test_a_gguf_adapter_of_another_model_is_refused(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    small, large = (tiny.random_llama(tmp_path / f"{width}.gguf", tiny.Shape(n_embd=width, n_head=4, n_head_kv=2)) for width in (64, 128))
    lora = create("small", f"FROM {make_folder(tmp_path, 'llama31-rope')}\nADAPTER {make_adapter(tmp_path, 'llama')}").adapters[0]
    qwen = create("qwen", f"FROM {make_folder(tmp_path, 'qwen2')}\nADAPTER {make_adapter(tmp_path, 'qwen2')}").adapters[0]

    assert "in the model of FROM it is" in refusal(ollama, f"FROM {large}\nADAPTER {lora}").message
    assert "is an adapter for the architecture 'qwen2', but the model of FROM is 'llama'" in refusal(ollama, f"FROM {small}\nADAPTER {qwen}").message


@pytest.mark.parametrize("quantize", [None, "q8_0"])
def test_an_adapter_of_another_model_is_refused_before_the_first_byte_of_its_base(quantize: str | None, ollama: Ollama, create: Create, tmp_path: Path) -> None:
    base, folder = make_folder(tmp_path, "tiny-llama"), make_adapter(tmp_path, "llama")
    file = create("fits", f"FROM {make_folder(tmp_path, 'llama31-rope')}\nADAPTER {folder}").adapters[0]
    for lora in (folder, file):
        told: list[Progress] = []
        work = steps(
            ollama.store, "refused", Modelfile.parse(f"FROM {base}\nADAPTER {lora}"), quantize=quantize, places=OwnFiles(tmp_path),
            registry=ollama.registry, cancel=CancelToken(),
        )  # fmt: skip
        with pytest.raises(SourceError, match="in the model of FROM it is 256 x 128"):
            told.extend(work)
        assert told
        assert all(event.total is None for event in told)


def test_what_no_model_can_use_is_refused_before_anything_is_converted(ollama: Ollama, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "llama31-rope"), make_adapter(tmp_path, "llama", use_dora=True)
    work = steps(
        ollama.store, "refused", Modelfile.parse(f"FROM {base}\nADAPTER {lora}"), places=OwnFiles(tmp_path), registry=ollama.registry,
        cancel=CancelToken(),
    )  # fmt: skip
    with pytest.raises(SourceError, match="it is a DoRA adapter"):
        next(work)


def test_weights_that_are_no_numbers_are_refused(ollama: Ollama, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "llama31-rope"), make_adapter(tmp_path, "llama")
    path = lora / "adapter_model.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-4:] = np.float32(np.nan).tobytes()
    path.write_bytes(raw)

    assert "NaN" in refusal(ollama, f"FROM {base}\nADAPTER {lora}").message


def test_cancelling_the_conversion_of_an_adapter_leaves_nothing(ollama: Ollama, tmp_path: Path) -> None:
    base, lora = make_folder(tmp_path, "llama31-rope"), make_adapter(tmp_path, "llama")
    before, cancel = snapshot(ollama), CancelToken()
    work = steps(
        ollama.store, "never", Modelfile.parse(f"FROM {base}\nADAPTER {lora}"), places=OwnFiles(tmp_path), registry=ollama.registry,
        cancel=cancel,
    )  # fmt: skip
    with pytest.raises(Cancelled):
        for event in work:
            if event.status == "converting adapter":
                cancel.cancel()

    assert before == snapshot(ollama)


def test_an_adapter_needs_a_model_with_weights(ollama: Ollama, tmp_path: Path) -> None:
    lora = make_adapter(tmp_path, "llama")
    ollama.create("far", "FROM x", remote_host="http://127.0.0.1:1").result(60)
    with pytest.raises(OllamaError, match="no base model was found"):
        ollama.create("near", f"FROM far\nADAPTER {lora}").result(60)
