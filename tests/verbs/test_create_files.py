"""``create`` from GGUF files: split ones, projectors, drafts, adapters; what is what, and what cannot be used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama, OllamaError, Progress
from jupyter_ollama.errors import GGUFError, SourceError
from jupyter_ollama.gguf import read_index
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, Config, Layer, Manifest
from jupyter_ollama.names import ModelName

from ..engine import tiny
from .conftest import Create, kinds, snapshot

TINY = tiny.Shape(n_embd=64, n_layer=2, n_head=4, n_head_kv=2, n_ff=96)


def split(folder: Path, tensors_per_shard: int = 8, seed: int = 1) -> list[Path]:
    """The random Llama in several files, written by the `gguf` package."""
    folder.mkdir(parents=True, exist_ok=True)
    tiny.random_llama(folder / "whole.gguf", TINY, seed=seed, tensors_per_shard=tensors_per_shard)
    return sorted(folder.glob("whole-*.gguf"))


def projector(path: Path, **metadata: Any) -> Path:
    held = {"clip.has_vision_encoder": True, "clip.projector_type": "mlp", **metadata}
    weights = {"v.patch_embd.weight": tiny.np.ones((4, 32), tiny.np.float32)}
    return tiny.save(path, "clip", {key: value for key, value in held.items() if value is not None}, weights)


def refusal(ollama: Ollama, text: str, **arguments: Any) -> OllamaError:
    """The error of a create, which leaves nothing behind."""
    before = snapshot(ollama)
    with pytest.raises(OllamaError) as caught:
        ollama.create("refused", text, **arguments).result(60)
    assert before == snapshot(ollama)
    return caught.value


@pytest.fixture(params=["one shard", "the folder", "every shard", "some shards, in any order"])
def from_lines(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """All ways to name a split model."""
    paths = split(tmp_path / "parts")
    assert 3 == len(paths)
    named = {
        "one shard": paths[1:2],
        "the folder": [paths[0].parent],
        "every shard": paths,
        "some shards, in any order": [paths[2], paths[0], paths[2]],
    }[request.param]
    return "\n".join(f"FROM {path}" for path in named)


def test_a_split_gguf_becomes_one_layer_equal_to_the_unsplit_file(create: Create, tmp_path: Path, from_lines: str) -> None:
    whole = tiny.random_llama(tmp_path / "unsplit.gguf", TINY)
    model = create("joined", from_lines)

    assert ["model"] == kinds(model)
    assert hashlib.sha256(whole.read_bytes()).hexdigest() == model.manifest.layers[0].digest.hex
    assert whole.read_bytes() == model.path.read_bytes()
    assert model.config == create("unsplit", f"FROM {whole}").config


def test_merging_tells_how_far_it_is(ollama: Ollama, tmp_path: Path) -> None:
    run = ollama.create("joined", f"FROM {split(tmp_path)[0]}")
    run.result(60)
    told = list(dict.fromkeys(event.status for event in run if isinstance(event, Progress)))

    assert ["parsing GGUF", "merging 3 GGUF files", "verifying conversion"] == told[:3]
    merging = [event for event in run if isinstance(event, Progress) and event.kind == "merging"]
    assert merging[-1].completed == merging[-1].total == sum(tensor.nbytes for tensor in read_index(ollama.store.open(_name("joined")).path).tensors)


def _name(text: str) -> ModelName:
    return ModelName.valid(text)


@pytest.mark.parametrize("quantize", ["f16", "q8_0", "q4_K_M"])
def test_a_split_gguf_is_quantized_in_the_same_pass(create: Create, tmp_path: Path, quantize: str) -> None:
    whole = tiny.random_llama(tmp_path / "unsplit.gguf", TINY)
    shard = split(tmp_path / "parts")[2]

    assert create("a", f"FROM {shard}", quantize=quantize).manifest.raw == create("b", f"FROM {whole}", quantize=quantize).manifest.raw


def test_a_missing_shard_is_named(ollama: Ollama, tmp_path: Path) -> None:
    paths = split(tmp_path)
    paths[1].unlink()
    error = refusal(ollama, f"FROM {paths[0]}")

    assert isinstance(error, GGUFError)
    assert f'split GGUF "{paths[0]}" has 2 shards, expected 3' in error.message
    assert paths[1].name in str(error)


def test_a_shard_with_another_name_is_refused_when_others_have_to_be_found(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    paths = split(tmp_path)
    renamed = paths[1].rename(tmp_path / "second.gguf")

    assert "must use llama.cpp split filename pattern" in str(refusal(ollama, f"FROM {renamed}"))


def test_shards_without_such_names_can_be_named_one_by_one(create: Create, tmp_path: Path) -> None:
    paths = [path.rename(tmp_path / name) for path, name in zip(split(tmp_path), "xyz", strict=True)]
    model = create("joined", "\n".join(f"FROM {path}" for path in reversed(paths)))

    assert tiny.random_llama(tmp_path / "unsplit.gguf", TINY).read_bytes() == model.path.read_bytes()


def test_a_shard_that_is_there_twice_is_refused(ollama: Ollama, tmp_path: Path) -> None:
    here, there = split(tmp_path / "here"), split(tmp_path / "there")
    lines = "\n".join(f"FROM {path}" for path in [*here, there[1]])

    assert "has duplicate shard index 2" in str(refusal(ollama, lines))


def test_a_shard_under_the_name_of_another_is_refused(ollama: Ollama, tmp_path: Path) -> None:
    paths = split(tmp_path)
    paths[2].write_bytes(paths[1].read_bytes())

    assert "filename index 3 does not match metadata index 2" in str(refusal(ollama, f"FROM {paths[0]}"))


def test_a_shard_of_another_split_is_refused(ollama: Ollama, tmp_path: Path) -> None:
    paths, others = split(tmp_path), split(tmp_path / "others", 12)
    assert 2 == len(others)
    paths[1].write_bytes(others[1].read_bytes())

    assert "filename count 3 does not match metadata count 2" in str(refusal(ollama, f"FROM {paths[0]}"))


def test_a_shard_beyond_the_last_is_refused(ollama: Ollama, tmp_path: Path) -> None:
    path = tiny.save(tmp_path / "m-00004-of-00003.gguf", "llama", {"split.count": 3, "split.no": 3}, {"x": tiny.np.ones(32, "f4")})

    assert "has invalid shard index 4" in str(refusal(ollama, f"FROM {path}"))


def test_a_projector_among_the_files_is_its_own_layer_behind_the_model(ollama: Ollama, create: Create, tiny_gguf: Path, tmp_path: Path) -> None:
    """43."""
    folder = tmp_path / "seeing"
    folder.mkdir()
    mmproj, weights = projector(folder / "a-mmproj.gguf"), folder / "model.gguf"
    weights.write_bytes(tiny_gguf.read_bytes())
    of_folder = create("folder", f"FROM {folder}")
    of_files = create("files", f"FROM {mmproj}\nFROM {weights}")

    assert ["model", "projector"] == kinds(of_folder)
    assert of_folder.manifest.raw == of_files.manifest.raw
    assert ("llama", ("llama",)) == (of_folder.config.model_family, of_folder.config.model_families)
    assert "vision" in ollama.show("folder").capabilities
    assert "vision" not in ollama.show(str(create("blind", f"FROM {weights}").name)).capabilities


@pytest.mark.parametrize(
    ("metadata", "architecture"),
    [
        ({"clip.has_vision_encoder": True, "clip.projector_type": "mlp"}, "clip"),
        ({"clip.has_audio_encoder": True, "clip.projector_type": "ultravox"}, "clip"),
        ({"general.type": "mmproj"}, "anything"),
        ({"general.type": "projector"}, "anything"),
        ({"gemma3.vision.block_count": 2}, "gemma3"),
    ],
)
def test_projectors_are_known_by_their_metadata(create: Create, tmp_path: Path, tiny_gguf: Path, metadata: dict[str, Any], architecture: str) -> None:
    path = tiny.save(tmp_path / "p", architecture, metadata, {"v.a.weight": tiny.np.ones((4, 32), "f4")})

    assert ["model", "projector"] == kinds(create("mario", f"FROM {tiny_gguf}\nFROM {path}"))


def test_what_a_projector_hears_or_sees_is_in_the_capabilities(ollama: Ollama, create: Create, tiny_gguf: Path, tmp_path: Path) -> None:
    both = projector(tmp_path / "both.gguf", **{"clip.has_audio_encoder": True})
    ear = projector(tmp_path / "ear.gguf", **{"clip.has_audio_encoder": True, "clip.has_vision_encoder": False})
    create("both", f"FROM {tiny_gguf}\nFROM {both}")
    create("ear", f"FROM {tiny_gguf}\nFROM {ear}")

    assert {"vision", "audio"} <= set(ollama.show("both").capabilities)
    assert ("audio" in ollama.show("ear").capabilities, "vision" in ollama.show("ear").capabilities) == (True, False)


def test_a_clip_projector_without_a_type_gets_the_oldest_one(create: Create, tiny_gguf: Path, tmp_path: Path) -> None:
    old = projector(tmp_path / "old.gguf", **{"clip.projector_type": None})
    model = create("mario", f"FROM {tiny_gguf}\nFROM {old}")
    index = read_index(model.projectors[0])

    assert "mlp" == index.metadata["clip.projector_type"]
    assert read_index(old).tensors[0].nbytes == index.tensors[0].nbytes
    assert old.read_bytes()[-512:] == model.projectors[0].read_bytes()[-512:]


def test_a_clip_file_without_an_encoder_is_refused(ollama: Ollama, tiny_gguf: Path, tmp_path: Path) -> None:
    path = projector(tmp_path / "text.gguf", **{"clip.has_vision_encoder": False})

    assert "without an encoder" in str(refusal(ollama, f"FROM {tiny_gguf}\nFROM {path}"))


def test_a_projector_alone_is_no_model_and_two_models_are_one_too_many(ollama: Ollama, tiny_gguf: Path, tmp_path: Path) -> None:
    other = tiny.random_llama(tmp_path / "other.gguf", TINY)

    assert "holds no model weights" in str(refusal(ollama, f"FROM {projector(tmp_path / 'p.gguf')}"))
    error = refusal(ollama, f"FROM {tiny_gguf}\nFROM {other}")
    assert tiny_gguf.name in error.message
    assert other.name in error.message


def test_a_projector_can_be_added_to_a_model_of_the_store(create: Create, tmp_path: Path, tiny_gguf: Path) -> None:
    create("blind", "SYSTEM s")
    model = create("seeing", f"FROM blind\nFROM {projector(tmp_path / 'p.gguf')}\nFROM {tiny_gguf}")

    assert ["model", "system", "projector"] == kinds(model)
    assert model.system == "s"


def test_a_model_of_the_store_wins_over_a_file_beside_it_and_that_is_told(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    create("mario")
    other = tiny.random_llama(tmp_path / "other.gguf", TINY)
    run = ollama.create("luigi", f"FROM mario\nFROM {other}")
    run.result(60)

    assert any(event.kind == "note" and "other.gguf does not count" in event.status for event in run if isinstance(event, Progress))
    assert ollama.store.open(_name("luigi")).path == ollama.store.open(_name("mario")).path


def test_a_draft_is_stored_behind_model_and_adapter_and_shown_again(ollama: Ollama, create: Create, tmp_path: Path) -> None:
    base, draft = tiny.markov(tmp_path / "base.gguf", {}), tiny.random_llama(tmp_path / "draft.gguf", TINY)
    lora = tiny.adapter(tmp_path / "lora.gguf", {97: {98: 1.0}})
    model = create("drafted", f"FROM {base}\nDRAFT {draft}\nADAPTER {lora}\nSYSTEM s")

    assert ["model", "adapter", "draft", "system"] == kinds(model)
    assert ("llama",) == model.config.model_families
    assert f"\nDRAFT {model.drafts[0]}\n" in ollama.show("drafted").modelfile
    assert model.manifest.raw == create("again", ollama.show("drafted").modelfile).manifest.raw
    assert ollama.generate("drafted", "x", raw=True, options={"num_predict": 2}).result(60).statistics.eval_count


def test_a_draft_replaces_the_inherited_one_and_adapters_add_up(create: Create, tmp_path: Path) -> None:
    base = tiny.markov(tmp_path / "base.gguf", {})
    drafts = [tiny.random_llama(tmp_path / f"draft{seed}.gguf", TINY, seed=seed) for seed in (1, 2)]
    loras = [tiny.adapter(tmp_path / f"lora{one}.gguf", {97: {one: 1.0}}) for one in (98, 99)]
    create("one", f"FROM {base}\nDRAFT {drafts[0]}\nADAPTER {loras[0]}")
    two = create("two", f"FROM one\nDRAFT {drafts[1]}\nADAPTER {loras[1]}")

    assert ["model", "adapter", "adapter", "draft"] == kinds(two)
    assert drafts[1].read_bytes() == two.drafts[0].read_bytes()


def test_a_draft_must_be_there_and_be_another_model(ollama: Ollama, tiny_gguf: Path, tmp_path: Path) -> None:
    lora = tiny.adapter(tmp_path / "lora.gguf", {97: {98: 1.0}})

    assert "DRAFT must not reference the same local path as FROM" in str(refusal(ollama, f"FROM {tiny_gguf}\nDRAFT {tiny_gguf}"))
    assert "no such file" in str(refusal(ollama, f"FROM {tiny_gguf}\nDRAFT nowhere.gguf"))
    assert "LoRA adapter" in str(refusal(ollama, f"FROM {tiny_gguf}\nDRAFT {lora}"))


def test_a_gguf_is_known_by_its_first_bytes_whatever_its_name(create: Create, tiny_gguf: Path, tmp_path: Path) -> None:
    """40."""
    renamed = tiny_gguf.rename(tmp_path / "weights of mario")

    assert "llama" == create("mario", f"FROM {renamed}").config.model_family


@pytest.mark.parametrize("content", [b"", b"GG", b"GGU", b"hello, I am a text and no model, whatever my name says"])
@pytest.mark.parametrize("name", ["short.gguf", "short", "short.bin"])
def test_a_file_that_is_no_model_is_told_apart(ollama: Ollama, tmp_path: Path, content: bytes, name: str) -> None:
    """39: shorter than the magic, or a text."""
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(ollama, f"FROM {path}")

    assert isinstance(error, SourceError)
    assert str(path) in error.message


def test_an_f32_gguf_is_quantized(create: Create, tmp_path: Path) -> None:
    """44: whether its header says F32 or nothing."""
    said = tiny.random_llama(tmp_path / "said.gguf", TINY, edit=lambda metadata, _: metadata.update({"general.file_type": 0}))
    unsaid = tiny.random_llama(tmp_path / "unsaid.gguf", TINY)

    assert "F32" == create("full", f"FROM {said}").config.file_type
    assert ["Q8_0", "Q8_0"] == [create("small", f"FROM {path}", quantize="q8_0").config.file_type for path in (said, unsaid)]


def test_a_failure_of_the_last_file_takes_the_first_back(ollama: Ollama, tiny_gguf: Path, tmp_path: Path) -> None:
    broken = tiny.save(tmp_path / "p.gguf", "clip", {"clip.has_vision_encoder": True}, {"v.a.weight": tiny.np.ones((4, 32), "f4")})
    model = tiny.random_llama(tmp_path / "m.gguf", TINY)
    with broken.open("r+b") as file:
        file.truncate(broken.stat().st_size - 64)

    refusal(ollama, f"FROM {model}\nFROM {broken}")
    refusal(ollama, f"FROM {model}\nADAPTER {tiny_gguf}")


@pytest.fixture
def in_shards(ollama: Ollama, tmp_path: Path) -> str:
    """A model that old versions of Ollama stored as they got it: one layer for each of its files."""
    layers = []
    with ollama.store.begin() as work:
        for path in split(tmp_path / "old"):
            digest, _ = work.blobs.put(path.read_bytes())
            layers.append(Layer(MODEL, digest, path.stat().st_size))
        config, _ = work.put(Config("gguf", "llama", ("llama",), "100K", "F32").encode(), CONFIG_TYPE)
        work.tag(_name("old"), Manifest.build(config, layers))
    return "old"


def test_a_model_that_is_stored_in_shards_runs_as_the_whole_does(ollama: Ollama, create: Create, in_shards: str, tmp_path: Path) -> None:
    create("whole", f"FROM {tiny.random_llama(tmp_path / 'whole.gguf', TINY)}")
    said = [
        ollama.generate(name, "hello", raw=True, options={"num_predict": 30, "temperature": 0}).result(60).message.content
        for name in (in_shards, "whole")
    ]
    shown = [ollama.show(name) for name in (in_shards, "whole")]

    assert said[0] == said[1]
    assert shown[0].parameter_count == shown[1].parameter_count > 0


def test_a_model_made_from_one_in_shards_is_in_one_file(create: Create, in_shards: str, tmp_path: Path) -> None:
    model = create("new", f"FROM {in_shards}\nSYSTEM s")

    assert ["model", "system"] == kinds(model)
    assert tiny.random_llama(tmp_path / "whole.gguf", TINY).read_bytes() == model.path.read_bytes()
