"""``create`` with fields of the config, with a server that has the weights, and with families that Ollama runs its own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import EngineError, InvalidName, ModelfileError, OptionError, QuantizationError
from jupyter_ollama.verbs.remote_stub import remote_url

from ..engine import tiny
from .conftest import Create, kinds, snapshot

ALL = {
    "model_family": "mine", "base_name": "base", "quantization_level": "Q9", "parameter_size": "8B", "context_length": 4096.0,
    "embedding_length": 64, "capabilities": ["tools", "vision", "tools"],
}  # fmt: skip


def test_info_says_what_the_config_says(ollama: Ollama, create: Create) -> None:
    config = create("mario", info=ALL).config

    assert ("mine", ("llama",), "base", "Q9", "8B") == (config.model_family, config.model_families, config.base_name, config.file_type, config.model_type)
    assert (4096, 64, ("tools", "vision")) == (config.context_length, config.embedding_length, config.capabilities)
    assert ollama.list()[0].details.context_length == 4096
    assert ("tools", "vision", "completion") == ollama.show("mario").capabilities[:3]


def test_capabilities_are_inherited_and_add_up_while_lengths_are_said_anew(create: Create) -> None:
    create("one", info=ALL)
    two = create("two", "FROM one", info={"capabilities": ("thinking",)}).config

    assert ("tools", "vision", "thinking") == two.capabilities
    assert (0, 0, "", "llama", "BF16") == (two.context_length, two.embedding_length, two.base_name, two.model_family, two.file_type)


@pytest.mark.parametrize(
    ("info", "text"),
    [
        ({"context_length": "4096"}, 'info field "context_length" must be a number'),
        ({"context_length": True}, 'info field "context_length" must be a number'),
        ({"context_length": -1}, 'info field "context_length" must be a non-negative integer'),
        ({"embedding_length": 1.5}, 'info field "embedding_length" must be a non-negative integer'),
        ({"embedding_length": float("inf")}, 'info field "embedding_length" must be a non-negative integer'),
        ({"context_length": 1 << 70}, 'info field "context_length" must be a non-negative integer'),
        ({"parameter_size": 8}, 'info field "parameter_size" must be a string'),
        ({"model_family": None}, 'info field "model_family" must be a string'),
        ({"capabilities": "tools"}, 'info field "capabilities" must be a list of strings'),
        ({"capabilities": [1]}, 'info field "capabilities" must be a list of strings'),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_field(ollama: Ollama, tiny_gguf: Path, info: dict[str, Any], text: str) -> None:
    """41."""
    with pytest.raises(OptionError) as caught:
        ollama.create("mario", f"FROM {tiny_gguf}", info=info).result(60)

    assert text == caught.value.text
    assert {"files": {}, "manifests": {}} == snapshot(ollama)


def test_an_unknown_field_is_refused_with_the_one_that_was_meant(ollama: Ollama, tiny_gguf: Path) -> None:
    with pytest.raises(OptionError, match="Did you mean context_length"):
        ollama.create("mario", f"FROM {tiny_gguf}", info={"context_lenght": 1}).result(60)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("example.com", "http://example.com:11434"),
        ("https://example.com/", "https://example.com:11434"),
        ("http://example.com:80", "http://example.com:80"),
        ("/p", "http://localhost:11434/p"),
        ("/a//b/../c/", "http://localhost:11434/a/c"),
        ("ollama.com", "https://ollama.com:443"),
        ("https://ollama.com", "https://ollama.com:443"),
        ("gpu-box:8080/ollama/", "http://gpu-box:8080/ollama"),
        ("[::1]", "http://[::1]:11434"),
        ("http://10.0.0.7:11434", "http://10.0.0.7:11434"),
    ],
)
def test_addresses_are_completed_and_completing_twice_changes_nothing(host: str, url: str) -> None:
    """45."""
    assert (url, url) == (remote_url(host), remote_url(remote_url(host)))


@pytest.mark.parametrize("host", ["ftp://x", "http://", "a b", "x:port", "x:99999", "x:0", "[::1", "user@host", "x?y=1", "\x1b[2J"])
def test_what_is_no_address_is_refused(ollama: Ollama, host: str) -> None:
    with pytest.raises(OptionError, match="bad remote"):
        ollama.create("far", "FROM llama3.3", remote_host=host).result(60)


def test_a_model_of_another_server_has_texts_and_no_weights(ollama: Ollama, create: Create) -> None:
    model = create("far", "FROM llama3.3:70b\nSYSTEM s\nPARAMETER top_k 5", remote_host="gpu-box", info={"capabilities": ["tools"]})

    assert ["system", "params"] == kinds(model)
    assert ("http://gpu-box:11434", "llama3.3:70b", ("tools",)) == (model.config.remote_host, model.config.remote_model, model.config.capabilities)
    [row] = ollama.list()
    assert ("http://gpu-box:11434", "llama3.3:70b") == (row.remote_host, row.remote_model)
    assert ollama.show("far").remote_host == "http://gpu-box:11434"


def test_running_it_is_one_clear_error(ollama: Ollama, create: Create) -> None:
    create("far", "FROM llama3.3:70b", remote_host="gpu-box")
    for run in (ollama.chat("far", "hi"), ollama.generate("far", "hi", raw=True)):
        with pytest.raises(EngineError, match=r"stands for llama3\.3:70b at http://gpu-box:11434"):
            run.result(60)


def test_a_model_made_from_it_stands_for_the_same(ollama: Ollama, create: Create) -> None:
    create("far", "FROM llama3.3:70b\nSYSTEM s", remote_host="gpu-box")
    near = create("near", "FROM far\nPARAMETER top_k 5")

    assert (["system", "params"], "http://gpu-box:11434") == (kinds(near), near.config.remote_host)
    with pytest.raises(QuantizationError, match="no GGUF weights"):
        ollama.create("small", "FROM far", quantize="q8_0").result(60)


@pytest.mark.parametrize("line", ["DRAFT x.gguf", "ADAPTER x.gguf", "PARAMETER quantize q8_0"])
def test_what_only_weights_can_have_cannot_be_asked_of_it(ollama: Ollama, line: str) -> None:
    with pytest.raises(ModelfileError, match="cannot be used with remote models"):
        ollama.create("far", f"FROM llama3.3\n{line}", remote_host="gpu-box").result(60)


def test_it_needs_a_good_name_at_the_other_server(ollama: Ollama) -> None:
    with pytest.raises(InvalidName):
        ollama.create("far", "FROM a/b/c/d/e", remote_host="gpu-box").result(60)


@pytest.mark.parametrize(("family", "name"), [("gemma4", "gemma4"), ("laguna", "laguna"), ("nemotron_h_moe", "nemotron-3-nano")])
def test_families_that_ollama_runs_its_own_way_say_so(create: Create, tmp_path: Path, family: str, name: str) -> None:
    metadata = {key.replace("llama.", f"{family}."): value for key, value in _metadata().items()}
    weights = tiny.weights_of(tiny.Shape(), lambda size: tiny.np.zeros(size, tiny.np.float32))
    path = tiny.save(tmp_path / "model.gguf", family, metadata, weights)
    model = create("mario", f"FROM {path}")

    assert (name, name) == (model.config.renderer, model.config.parser)
    assert ({"stop": ["<turn|>"]} if family == "gemma4" else None) == model.parameters
    other = create("other", f"FROM {path}\nRENDERER a\nPARSER b\nPARAMETER stop x")
    assert ("a", "b", ["x"]) == (other.config.renderer, other.config.parser, (other.parameters or {})["stop"])


def _metadata() -> dict[str, Any]:
    shape = tiny.Shape()
    return {
        "llama.context_length": shape.n_ctx, "llama.embedding_length": shape.n_embd, "llama.block_count": shape.n_layer,
        "llama.attention.head_count": shape.n_head, "llama.attention.layer_norm_rms_epsilon": 1e-6, **tiny.tokenizer(shape.n_vocab),
    }  # fmt: skip
