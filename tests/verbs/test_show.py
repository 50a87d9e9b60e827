"""``show`` and ``list`` of models that are not quite as others: for another engine, from another server, from another time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyter_ollama import Ollama, render
from jupyter_ollama.errors import LoadError
from jupyter_ollama.manifest import CONFIG_TYPE, EMBED, JSON, MODEL, PROMPT, TEMPLATE, TENSOR, Config, Manifest
from jupyter_ollama.names import ModelName

from .conftest import Create


@pytest.fixture
def tensors(ollama: Ollama) -> str:
    """A model as Ollama's MLX engine has them: a blob for each tensor and each file."""
    store, layers = ollama.store, []
    for number in range(30):
        layers.append(store.put(f"tensor {number}".encode(), TENSOR)[0])
    layers.append(store.put(b"{}", JSON)[0])
    layers.append(store.put(b"{{ .Prompt }}", TEMPLATE)[0])
    named = [replace(layer, name="config.json") if layer.media_type == JSON else layer for layer in layers]
    config = Config("safetensors", "qwen3", ("qwen3",), "8.2B", "nvfp4", capabilities=("completion",), requires="0.14.0", context_length=40960)
    store.tag(ModelName.valid("big"), Manifest.build(store.put(config.encode(), CONFIG_TYPE)[0], named))
    return "big"


def test_a_model_of_safetensors_tensors_is_listed_and_shown(ollama: Ollama, tensors: str) -> None:
    [row] = ollama.list()
    assert (row.details.format, row.details.quantization_level, row.details.context_length) == ("safetensors", "nvfp4", 40960)

    info = ollama.show(tensors)
    assert (info.tensor_count, info.template, info.capabilities) == (30, "{{ .Prompt }}", ("completion",))
    text = str(info)
    for line in ("    parameters        8.2B      ", "    context length    40960     ", "    quantization      nvfp4     ", "    requires          0.14.0    "):
        assert line in text
    assert "  Note\n    big:latest is stored as 30 safetensors tensors, which only Ollama's MLX engine runs." in text
    assert "FROM big:latest" in info.modelfile


def test_its_many_tensors_are_one_line_of_the_page(ollama: Ollama, tensors: str) -> None:
    page = render.html(ollama.show(tensors))

    assert page.count(">tensor<") == 1
    assert "30 tensors" in page
    assert "config.json" in page


@pytest.mark.parametrize("verb", ["chat", "generate"])
def test_running_it_is_refused_with_a_sentence(ollama: Ollama, tensors: str, verb: str) -> None:
    with pytest.raises(LoadError, match=r"big:latest is stored as 30 safetensors tensors.*Pull or create it as GGUF"):
        getattr(ollama, verb)(tensors, "Hi").result(60)
    assert not len(ollama.ps())


def test_copying_and_deleting_it_works(ollama: Ollama, tensors: str) -> None:
    ollama.copy(tensors, "other")
    ollama.delete(tensors, "other")

    assert not len(ollama.list())
    assert not list((ollama.store.root / "blobs").iterdir())


def test_a_model_of_another_server_has_a_dash_for_its_size(ollama: Ollama) -> None:
    config = Config(remote_host="https://ollama.com:443", remote_model="gpt-oss:120b")
    ollama.store.tag(ModelName.valid("far"), Manifest.build(ollama.store.put(config.encode(), CONFIG_TYPE)[0], []))

    assert str(ollama.list()).splitlines()[1].split()[2] == "-"
    assert ">-<" in render.html(ollama.list())
    shown = str(ollama.show("far"))
    assert "    Remote model    gpt-oss:120b              \n    Remote URL      https://ollama.com:443    " in shown
    with pytest.raises(LoadError, match=r"stands for gpt-oss:120b at https://ollama\.com:443"):
        ollama.chat("far", "Hi").result(60)


def test_an_old_model_with_embed_and_prompt_layers_runs(ollama: Ollama, create: Create) -> None:
    made = create("new", "TEMPLATE {{ .Prompt }}")
    store = ollama.store
    layers = [store.put(b"old: {{ .Prompt }}", PROMPT)[0], store.put(b"vectors", EMBED)[0]]
    old = {"model_format": "gguf", "model_family": "llama", "model_families": None, "rootfs": {"type": "layers", "diff_ids": ["sha256:0"]}}
    config, _ = store.put(json.dumps(old).encode(), CONFIG_TYPE)
    store.tag(ModelName.valid("old"), Manifest.build(config, [*made.manifest.of(MODEL), *layers]))

    info = ollama.show("old")
    assert (info.template, info.notes) == ("old: {{ .Prompt }}", ("Its embed layers are obsolete and have no effect.",))
    assert info.details.quantization_level == "BF16"
    done = ollama.generate("old", "Hi", options={"num_predict": 2}).result(120)
    assert done.prompt == "old: Hi"


def test_models_on_several_hosts_and_in_several_namespaces_are_used_by_their_short_names(ollama: Ollama, create: Create) -> None:
    create("base")
    for name in ("me/base:v2", "hf.co/me/Repo:Q4_K_M", "localhost:5000/library/base"):
        ollama.copy("base", name)

    assert {one.name for one in ollama.list()} == {"base:latest", "me/base:v2", "hf.co/me/Repo:Q4_K_M", "localhost:5000/library/base:latest"}
    assert [one.name for one in ollama.list("HF.co")] == ["hf.co/me/Repo:Q4_K_M"]
    assert ollama.show("HF.CO/ME/repo:q4_k_m").name == "hf.co/me/Repo:Q4_K_M"
    create("derived", "FROM hf.co/me/repo:q4_k_m\nSYSTEM x")
    assert {layer.from_model for layer in ollama.show("derived").layers if layer.kind == "model"} == {"hf.co/me/Repo:Q4_K_M"}


def test_names_in_any_case_are_one_model_for_every_verb_and_keep_their_spelling(ollama: Ollama, create: Create) -> None:
    create("MyModel:V1", "SYSTEM first")
    create("mymodel:v1", "SYSTEM second")
    ollama.copy("MYMODEL:v1", "mYmOdEl:V1")

    assert [one.name for one in ollama.list()] == ["MyModel:V1"]
    assert ollama.show("mymodel:V1:local").system == "second"
    assert ollama.copy("MYMODEL:V1", "MYMODEL:other") == "MyModel:other"
    ollama.delete("mymodel:v1", "MyModel:OTHER")
    assert not len(ollama.list())
