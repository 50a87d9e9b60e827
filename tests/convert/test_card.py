"""The ``general.*`` keys, and the names that must not be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_ollama.convert.card import Numbers, general_keys, model_id
from jupyter_ollama.convert.folder import Folder
from jupyter_ollama.gguf import Array, header_bytes


def general(folder: Path, n_values: int = 7_000_000_000, tokens: set[bytes] = frozenset(), **config: Any) -> dict[str, Any]:  # type: ignore[assignment]
    keys = general_keys(Folder(folder), config, Numbers(n_values), tokens)
    header_bytes(keys, [])
    return {
        key.removeprefix("general."): list(value.value) if isinstance(value.value, Array) else value.value for key, value in keys.items()
    }


def folder_named(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    return folder


def test_the_folder_names_the_model(tmp_path: Path) -> None:
    found = general(folder_named(tmp_path, "Mistral-7B-Instruct-v0.3"))

    assert found == {
        "type": "model", "name": "Mistral 7B Instruct v0.3", "basename": "Mistral", "size_label": "7B", "finetune": "Instruct", "version": "v0.3",
    }  # fmt: skip


def test_the_config_names_it_better_than_the_folder(tmp_path: Path) -> None:
    found = general(folder_named(tmp_path, "download"), _name_or_path="meta-llama/Llama-2-7b-hf")

    assert (found["name"], found["organization"]) == ("Llama 2 7b Hf", "Meta Llama")


def test_a_path_in_the_config_is_not_a_name(tmp_path: Path) -> None:
    found = general(folder_named(tmp_path, "my-model"), _name_or_path="/home/somebody/secret/run7")

    assert found["name"] == "My Model"
    assert "somebody" not in json.dumps(found)


def test_in_a_hugging_face_cache_the_repository_names_it(tmp_path: Path) -> None:
    folder = folder_named(tmp_path / "models--acme--Tiny-1B" / "snapshots", "0123456789abcdef" * 2 + "01234567")

    assert model_id(folder) == Path("acme/Tiny-1B")
    assert general(folder)["name"] == "Tiny 1B"


def test_the_card_says_licence_tags_and_ancestors(tmp_path: Path) -> None:
    folder = folder_named(tmp_path, "tiny")
    (folder / "README.md").write_text(
        "---\nlicense: apache-2.0\nlanguage:\n- en\n- no\ntags: [chat, small]\nbase_model: acme/Base-1B\n---\n# Tiny\n"
    )
    found = general(folder)

    assert (found["license"], found["languages"], found["tags"]) == ("apache-2.0", ["en", "no"], ["chat", "small"])
    assert found["base_model.0.repo_url"] == "https://huggingface.co/acme/Base-1B"


def test_sampling_is_taken_from_the_generation_config(tmp_path: Path) -> None:
    folder = folder_named(tmp_path, "tiny")
    (folder / "generation_config.json").write_text(
        json.dumps({"temperature": 0.5, "top_k": 40, "top_p": "high", "min_p": None, "repetition_penalty": True})
    )
    found = general(folder)

    assert {key: value for key, value in found.items() if key.startswith("sampling")} == {
        "sampling.temp": 0.5, "sampling.top_k": 40, "sampling.penalty_repeat": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["my-phi3-like", "PHI3"])
def test_a_name_that_makes_llama_cpp_look_for_missing_tokens_is_left_out(tmp_path: Path, name: str) -> None:
    """With "phi3" in general.name llama.cpp refuses a vocabulary without Phi-3's special tokens."""
    folder = folder_named(tmp_path, name)

    assert "name" not in general(folder)
    assert "name" in general(folder, tokens={b"<|endoftext|>", b"<unk>", b"<s>", b"</s>"})


@pytest.mark.parametrize(
    "card",
    [
        b"", b"---", b"---\n---", b"# no front matter", b"---\n: [\n---\n", b"---\n- a\n- b\n---\n", b"---\n" + b"[" * 5000 + b"\n---\n",
        b"---\n\xff\xfe\n---\n", b"---\nname: [a, b]\nlicense: {a: b}\ntags: 5\nbase_model: [[x]]\n---\n", b"---\n? [a]\n: b\n---\n",
        b"---\nname: !!python/object/apply:os.system ['true']\n---\n", b"---\nbase_model: https://huggingface.co/a/b-\n---\n",
        b"---\na: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\ntags: *b\n---\n", b"---\nversion: 1\nauthor: ''\ndatasets: ['', '/', '--', 'a/b/c']\n---\n",
    ],
)  # fmt: skip
def test_a_strange_card_does_no_harm(tmp_path: Path, card: bytes) -> None:
    folder = folder_named(tmp_path, "tiny")
    (folder / "README.md").write_bytes(card)

    assert general(folder)["type"] == "model"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(alphabet="aB7.-_ /kKMmx!é", max_size=24),
    card=st.dictionaries(
        st.sampled_from(["name", "license", "tags", "base_model", "datasets", "language", "model_name", "size_label", "version"]),
        st.one_of(st.text(alphabet="aB7.-/:\u4e2d", max_size=20), st.lists(st.text(alphabet="a7B-/", max_size=9), max_size=3)),
        max_size=4,
    ),
    n_values=st.integers(0, 10**12),
)
def test_no_name_and_no_card_breaks_the_keys(tmp_path: Path, name: str, card: dict[str, Any], n_values: int) -> None:
    (tmp_path / "README.md").write_text("---\n" + "\n".join(f"{key}: {json.dumps(value)}" for key, value in card.items()) + "\n---\n")

    assert general(tmp_path, n_values, _name_or_path=name)["type"] == "model"
