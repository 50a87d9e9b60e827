"""What the layers of a model are read as: every kind Ollama has or had, several of a kind, and kinds nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.errors import BlobNotFound, CorruptManifest, LoadError
from jupyter_ollama.manifest import (
    ADAPTER,
    CONFIG_TYPE,
    DRAFT,
    EMBED,
    JSON,
    LAYER_TYPE,
    LICENSE,
    MESSAGES,
    MODEL,
    PARAMS,
    PROJECTOR,
    PROMPT,
    SYSTEM,
    TEMPLATE,
    TENSOR,
    Config,
    Layer,
    Manifest,
)
from jupyter_ollama.messages import Message
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.store import Store, StoredModel
from jupyter_ollama.store import model as model_file

Contents = list[tuple[str, bytes]]


def stored(store: Store, layers: Contents, config: Config | None = None) -> StoredModel:
    """The model with these layers, opened again."""
    described, _ = store.put((config or Config("gguf", "test")).encode(), CONFIG_TYPE)
    name = store.tag(ModelName.valid("m"), Manifest.build(described, [store.put(data, media_type)[0] for media_type, data in layers]))
    return store.open(name)


def contents(paths: tuple[Path, ...]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_every_kind_of_layer_is_read_as_what_it_is(store: Store) -> None:
    model = stored(
        store,
        [(MODEL, b"weights"), (PROJECTOR, b"eyes"), (ADAPTER, b"lora"), (DRAFT, b"draft"), (TEMPLATE, b"{{ .Prompt }}"), (SYSTEM, b"Be."),
         (PARAMS, b'{"top_k":3}\n'), (MESSAGES, b'[{"role":"user","content":"Hi"}]\n'), (LICENSE, b"MIT")],
    )  # fmt: skip

    assert [contents(paths) for paths in (model.model_paths, model.projectors, model.adapters, model.drafts)] == [
        [b"weights"], [b"eyes"], [b"lora"], [b"draft"],
    ]  # fmt: skip
    assert (model.template, model.system, model.parameters, model.licenses) == ("{{ .Prompt }}", "Be.", {"top_k": 3}, ("MIT",))
    assert model.messages == (Message("user", "Hi"),)
    assert model.path.read_bytes() == b"weights"


def test_files_and_licenses_of_a_kind_stay_in_order(store: Store) -> None:
    model = stored(
        store,
        [(MODEL, b"1"), (MODEL, b"2"), (PROJECTOR, b"3"), (PROJECTOR, b"4"), (ADAPTER, b"5"), (ADAPTER, b"6"), (LICENSE, b"b"), (LICENSE, b"a")],
    )

    assert [contents(paths) for paths in (model.model_paths, model.projectors, model.adapters)] == [[b"1", b"2"], [b"3", b"4"], [b"5", b"6"]]
    assert model.licenses == ("b", "a")


def test_of_several_texts_of_a_kind_the_last_wins_and_parameters_merge(store: Store) -> None:
    model = stored(
        store,
        [(MODEL, b"w"), (TEMPLATE, b"t1"), (TEMPLATE, b"t2"), (SYSTEM, b"s1"), (SYSTEM, b"s2"),
         (PARAMS, b'{"top_k":1,"stop":["a"]}'), (PARAMS, b'{"stop":["b"],"seed":4}'),
         (MESSAGES, b'[{"role":"user","content":"1"}]'), (MESSAGES, b'[{"role":"user","content":"2"}]')],
    )  # fmt: skip

    assert (model.template, model.system) == ("t2", "s2")
    assert model.parameters == {"top_k": 1, "stop": ["b"], "seed": 4}
    assert model.messages == (Message("user", "2"),)


@pytest.mark.parametrize(("layers", "template"), [([PROMPT], "0"), ([TEMPLATE, PROMPT], "1"), ([PROMPT, TEMPLATE], "1")])
def test_prompt_is_an_old_name_of_template(store: Store, layers: list[str], template: str) -> None:
    contents: Contents = [(media_type, str(number).encode()) for number, media_type in enumerate(layers)]

    assert stored(store, [(MODEL, b"w"), *contents]).template == template


def test_what_the_library_wrote_in_front_of_a_text_is_part_of_it(store: Store) -> None:
    """Text layers are raw: no newline is taken away, bytes that are no UTF-8 become a replacement character."""
    model = stored(store, [(MODEL, b"w"), (SYSTEM, b" \xff\r\nx\n")])

    assert model.system == " \ufffd\r\nx\n"


def test_a_system_that_is_empty_is_a_system(store: Store) -> None:
    assert stored(store, [(MODEL, b"w"), (SYSTEM, b"")]).system == ""
    assert stored(store, [(MODEL, b"w")]).system is None


@pytest.mark.parametrize("media_type", [EMBED, LAYER_TYPE + "hologram", "application/vnd.docker.image.rootfs.diff.tar", ""])
def test_obsolete_and_unknown_layers_are_ignored_even_when_their_blob_is_gone(store: Store, media_type: str) -> None:
    model = stored(store, [(MODEL, b"w"), (media_type, b"odd")])
    store.blobs.path(model.manifest.layers[1].digest).unlink()

    again = store.open(model.name)
    assert contents(again.model_paths) == [b"w"]
    assert [one.name for one in store.models()] == ["m:latest"]


def test_no_layers_at_all_are_a_model_that_has_no_weights(store: Store) -> None:
    model = stored(store, [])

    assert b'"layers":null' in model.manifest.raw
    assert not model.runs_here
    with pytest.raises(CorruptManifest, match="m:latest has no weights"):
        _ = model.path


def test_a_model_of_safetensors_tensors_opens_and_says_why_it_does_not_run(store: Store) -> None:
    model = stored(store, [(TENSOR, b"1"), (TENSOR, b"2"), (JSON, b"{}"), (SYSTEM, b"Be.")], Config("safetensors", "qwen3", file_type="nvfp4"))

    assert (model.system, model.runs_here, len(model.tensors)) == ("Be.", False, 2)
    with pytest.raises(LoadError, match=r"m:latest is stored as 2 safetensors tensors.* as GGUF"):
        _ = model.path
    [row] = store.models()
    assert (row.details.format, row.details.quantization_level) == ("safetensors", "nvfp4")


def test_a_model_that_stands_for_a_remote_one_says_where_it_runs(store: Store) -> None:
    model = stored(store, [], Config(remote_host="https://ollama.com:443", remote_model="gpt-oss:120b"))

    with pytest.raises(LoadError, match=r"m:latest has no weights here: it stands for gpt-oss:120b at https://ollama\.com:443"):
        _ = model.path


@pytest.mark.parametrize(
    ("media_type", "data"),
    [(PARAMS, b"[]"), (PARAMS, b"{"), (PARAMS, b"[" * 100_000), (MESSAGES, b"{}"), (MESSAGES, b'[{"role":"robot"}]'), (MESSAGES, b"[1]"),
     (MESSAGES, b'[{"content":"x"}]'), (MESSAGES, b'[{"role":"user","content":[1]}]'), (MESSAGES, b'[{"role":["user"]}]'), (PARAMS, b"\xff")],
)  # fmt: skip
def test_a_layer_that_is_not_what_it_should_be_is_named(store: Store, media_type: str, data: bytes) -> None:
    with pytest.raises(CorruptManifest, match=f"the {media_type.rsplit('.', 1)[1]} layer of m:latest cannot be read"):
        stored(store, [(MODEL, b"w"), (media_type, data)])


def test_texts_that_are_too_large_together_are_refused_before_they_fill_the_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest may name one large blob thousands of times."""
    monkeypatch.setattr(model_file, "MAX_TEXTS_BYTES", 10_000)

    with pytest.raises(CorruptManifest, match="too large together"):
        stored(store, [(MODEL, b"w"), *[(LICENSE, b"x" * 1000)] * 11])
    assert len(stored(store, [(MODEL, b"w" * 100_000), *[(LICENSE, b"x" * 1000)] * 10]).licenses) == 10


def test_a_message_without_content_is_empty(store: Store) -> None:
    model = stored(store, [(MODEL, b"w"), (MESSAGES, b'[{"role":"user","content":null},{"role":"assistant"}]')])

    assert model.messages == (Message("user"), Message("assistant"))


def test_digests_of_either_spelling_and_any_case_name_the_blob(store: Store) -> None:
    """Upper-case digits are a different file: they are not folded."""
    raw, digest = b"weights", Digest("AB" * 32)
    store.put(raw, MODEL)
    store.blobs.path(digest).write_bytes(raw)
    config, _ = store.put(Config("gguf").encode(), CONFIG_TYPE)
    manifest = Manifest.build(config, [Layer(MODEL, digest, len(raw))])

    name = store.tag(ModelName.valid("m"), Manifest.parse(manifest.raw.replace(b"sha256:AB", b"sha256-AB")))
    assert store.open(name).path.name == "sha256-" + "AB" * 32


def test_one_digest_listed_twice_is_one_file(store: Store) -> None:
    model = stored(store, [(MODEL, b"w"), (LICENSE, b"MIT"), (LICENSE, b"MIT")])

    assert model.licenses == ("MIT", "MIT")
    assert store.delete(model.name) == len(b"w" + b"MIT") + model.manifest.config.size
    assert not list(store.blobs.folder.iterdir())


def test_a_missing_text_layer_is_named(store: Store) -> None:
    model = stored(store, [(MODEL, b"w"), (SYSTEM, b"Be.")])
    store.blobs.path(model.manifest.layers[1].digest).unlink()

    with pytest.raises(BlobNotFound) as caught:
        store.open(model.name)
    assert caught.value.digest == model.manifest.layers[1].digest
