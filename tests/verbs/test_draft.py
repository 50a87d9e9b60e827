"""A model with a DRAFT: how it is made, shown, kept and handed on, and that it answers as it would without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_ollama import Ollama, render
from jupyter_ollama import pocket as shipped
from jupyter_ollama.errors import ModelNotFound, OllamaError, QuantizationError, SourceError
from jupyter_ollama.gguf import read_index
from jupyter_ollama.manifest import DRAFT, MODEL, Layer, Manifest
from jupyter_ollama.names import ModelName
from jupyter_ollama.settings import Settings
from jupyter_ollama.store import StoredModel

from ..engine import drafts, tiny
from ..registry.conftest import new_ollama, scripted  # noqa: F401 (fixtures)
from ..registry.scripted import Scripted
from .conftest import kinds, snapshot

QUESTIONS = ["Tell me a story.", "What is 2 + 3?", "Count from 1 to 9.", "Please repeat: garden tower river"]
QUIET = {"temperature": 0, "num_predict": 60}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pocket with twice its layers, which says the same."""
    return drafts.pocket(tmp_path_factory.mktemp("large") / "large.gguf", 12)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, large: Path) -> Iterator[Ollama]:
    """``large`` without a draft model, and ``fast`` with one. To be left as they are."""
    with Ollama(tmp_path_factory.mktemp("pair")) as ollama:
        ollama.create("large", f"FROM {large}").result(60)
        ollama.create("fast", "FROM large\nDRAFT pocket").result(60)
        yield ollama


def opened(ollama: Ollama, name: str) -> StoredModel:
    return ollama.store.open(ModelName.valid(name))


def answers(ollama: Ollama, name: str, **options: Any) -> list[str]:
    runs = [ollama.chat(name, question, options={**QUIET, **options}) for question in QUESTIONS]
    return [str(run.result(120)) for run in runs]


# making


def test_a_draft_is_named_by_a_model_of_the_store_and_not_copied(pair: Ollama) -> None:
    model = opened(pair, "fast")
    assert kinds(model)[:2] == ["model", "draft"]
    assert model.manifest.of(DRAFT)[0].digest == opened(pair, "pocket").manifest.of(MODEL)[0].digest


@pytest.mark.parametrize("kind", ["a folder", "a file", "a relative file"])
def test_a_draft_is_named_by_its_files(ollama: Ollama, large: Path, tmp_path: Path, kind: str) -> None:
    small = drafts.pocket(tmp_path / "small.gguf")
    named = {"a folder": shipped.folder(), "a file": small, "a relative file": "./small.gguf"}[kind]
    ollama.create("fast", f"FROM {large}\nDRAFT {named}", base_dir=tmp_path).result(60)
    done = ollama.chat("fast", QUESTIONS[0], options=QUIET).result(60)
    assert done.statistics.accepted_count > 10
    assert not done.draft_problem


def test_a_draft_can_be_quantized(ollama: Ollama, large: Path) -> None:
    ollama.create("fast", f"FROM {large}\nDRAFT pocket", draft_quantize="q4_0").result(60)
    ollama.create("folder", f"FROM {large}\nDRAFT {shipped.folder()}", draft_quantize="q8_0").result(60)
    assert read_index(opened(ollama, "fast").drafts[0]).file_type == "Q4_0"
    assert read_index(opened(ollama, "folder").drafts[0]).file_type == "Q8_0"
    assert opened(ollama, "fast").config.file_type == "F16", "the model itself is as it was"
    assert ollama.show("fast").draft == "llama 5.25M Q4_0"
    assert ollama.chat("fast", QUESTIONS[0], options=QUIET).result(60).statistics.accepted_count > 5
    small = opened(ollama, "fast").drafts[0]
    with pytest.raises(QuantizationError, match="requantize"):
        ollama.create("again", f"FROM {large}\nDRAFT {small}", draft_quantize="q2_K").result(60)
    ollama.create("again", f"FROM {large}\nDRAFT {small}", draft_quantize="q8_0", requantize=True).result(60)
    assert read_index(opened(ollama, "again").drafts[0]).file_type == "Q8_0"


def refusal(ollama: Ollama, text: str, **arguments: Any) -> OllamaError:
    """The error of a create, which leaves nothing behind."""
    before = snapshot(ollama)
    with pytest.raises(OllamaError) as caught:
        ollama.create("refused", text, **arguments).result(60)
    assert snapshot(ollama) == before
    return caught.value


def test_what_cannot_draft_is_refused_when_the_model_is_made(ollama: Ollama, large: Path, tmp_path: Path) -> None:
    other = drafts.pocket(tmp_path / "other.gguf", edit=drafts.other_tokens(700, "somethingelse"))
    said = {
        f"FROM {large}\nDRAFT {other}": r"other.gguf cannot draft for this model: its token 700 is 'somethingelse', the model's ",
        f"FROM {large}\nDRAFT {tiny.random_llama(tmp_path / 'bytes.gguf')}": "it has 272 tokens, the model 2,048",
        f"FROM {tiny.random_llama(tmp_path / 'b.gguf')}\nDRAFT {tiny.random_mamba(tmp_path / 'm.gguf')}": "one state for all tokens",
        f"FROM {tmp_path / 'm.gguf'}\nDRAFT {tmp_path / 'b.gguf'}": "cannot draft for a model that keeps one state for all tokens",
        f"FROM {large}\nDRAFT ./nowhere": "no such file",
        f"FROM {large}\nDRAFT a name": "no such file",
    }  # fmt: skip
    for text, words in said.items():
        error = refusal(ollama, text)
        assert isinstance(error, SourceError)
        assert words in error.message
        assert error.hint


def test_a_model_does_not_draft_for_itself(ollama: Ollama, large: Path, tmp_path: Path) -> None:
    ollama.create("large", f"FROM {large}").result(60)
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(large.read_bytes())
    for text in ("FROM large\nDRAFT large", f"FROM {large}\nDRAFT large", f"FROM large\nDRAFT {copy}"):
        assert "DRAFT must not reference the same" in refusal(ollama, text).message


def test_one_draft_is_enough_and_quantizing_one_needs_it(ollama: Ollama, large: Path, tmp_path: Path) -> None:
    small = drafts.pocket(tmp_path / "small.gguf")
    assert "one draft model" in (refusal(ollama, f"FROM {large}\nDRAFT pocket\nDRAFT {small}").hint or "")
    error = refusal(ollama, f"FROM {large}", draft_quantize="q8_0")
    assert getattr(error, "text", "") == "--draft-quantize requires a DRAFT model"


def test_a_name_that_nobody_has_is_looked_for_as_from_looks_for_it(tmp_path: Path, large: Path) -> None:
    settings = Settings(tmp_path / "models", key=tmp_path / "key")
    with Ollama(settings=settings) as ollama, pytest.raises(ModelNotFound, match="/me/smaller"):
        ollama.create("fast", f"FROM {large}\nDRAFT 127.0.0.1:9/me/smaller").result(60)


# answering


def test_answers_are_the_same_and_say_how_many_guesses_were_right(pair: Ollama) -> None:
    assert answers(pair, "fast") == answers(pair, "large")
    done = pair.chat("fast", QUESTIONS[0], options=QUIET).result(60)
    cost = done.statistics
    assert 0 < cost.accepted_count <= cost.guessed_count < 2 * cost.eval_count
    assert f"{cost.accepted_count} of {cost.guessed_count} guesses right" in render.footer(done)
    assert f"guesses right:        {cost.accepted_count} of {cost.guessed_count}" in render.statistics_lines(cost)
    assert pair.chat("large", QUESTIONS[0], options=QUIET).result(60).statistics.guessed_count == 0


def test_seeds_formats_and_probabilities_go_together_with_a_draft(pair: Ollama) -> None:
    options = {"temperature": 0.9, "seed": 11, "num_predict": 60}
    assert answers(pair, "fast", **options) == answers(pair, "large", **options)
    schema = {"type": "array", "items": {"enum": ["red", "green", "blue"]}, "minItems": 3, "maxItems": 3}
    said = [pair.chat(name, "Name colours.", format=schema, logprobs=True, options=QUIET).result(60) for name in ("fast", "large")]
    assert str(said[0]) == str(said[1])
    assert len(said[0].logprobs) == len(said[1].logprobs)
    assert [one.logprob for one in said[0].logprobs] == pytest.approx([one.logprob for one in said[1].logprobs], abs=0.05)


def test_a_draft_can_be_switched_off_by_an_option_and_by_a_parameter(pair: Ollama) -> None:
    for name in ("fast", "large"):
        pair.stop(name)
    off = pair.chat("fast", QUESTIONS[0], options={**QUIET, "draft_num_predict": 0}).result(60)
    assert off.statistics.guessed_count == 0
    [alone] = pair.ps()
    pair.stop("fast")
    assert pair.chat("fast", QUESTIONS[0], options=QUIET).result(60).statistics.guessed_count > 0
    [both] = pair.ps()
    assert both.size_bytes > alone.size_bytes + opened(pair, "fast").drafts[0].stat().st_size * 0.9, "it was not even loaded"
    pair.create("off", "FROM fast\nPARAMETER draft_num_predict 0").result(60)
    assert pair.chat("off", QUESTIONS[0], options=QUIET).result(60).statistics.guessed_count == 0
    assert [one.name for one in pair.ps()] == ["off:latest"], "both use one process"
    pair.delete("off")


def test_adapters_count_for_the_model_and_not_for_its_draft(ollama: Ollama, tmp_path: Path) -> None:
    chain = {before: {after: 20.0} for before, after in zip(b"abcdefgh", b"bcdefgha", strict=True)}
    base, draft = tiny.markov(tmp_path / "base.gguf", chain), tiny.markov(tmp_path / "draft.gguf", {**chain, ord("x"): {ord("y"): 1.0}})
    lora = tiny.adapter(tmp_path / "lora.gguf", {ord("d"): {ord("a"): 100.0}})
    ollama.create("fast", f"FROM {base}\nDRAFT {draft}\nADAPTER {lora}").result(60)
    done = ollama.generate("fast", "a", raw=True, options={"temperature": 0, "num_predict": 20}).result(60)
    assert str(done) == "bcda" * 5
    assert 5 < done.statistics.accepted_count < done.statistics.guessed_count


def test_a_stored_draft_that_is_of_no_use_is_told_and_left_out(ollama: Ollama, large: Path, tmp_path: Path) -> None:
    """As others may have stored it: for an engine that can do more, or damaged."""
    ollama.create("large", f"FROM {large}").result(60)
    model = opened(ollama, "large")
    found = {}
    for name, path in {"bytes": tiny.random_llama(tmp_path / "bytes.gguf"), "short": drafts.pocket(tmp_path / "short.gguf")}.items():
        data = path.read_bytes()
        layer, _ = ollama.store.put(data if name == "bytes" else data[: len(data) // 2], DRAFT)
        ollama.store.tag(ModelName.valid(name), Manifest.build(model.manifest.config, [*model.manifest.layers, layer]))
        done = ollama.chat(name, "What is 2 + 3?", options=QUIET).result(60)
        assert str(done) == "2 + 3 = 5."
        found[name] = done.draft_problem
        assert "answers without its draft model" in render.footer(done)
        assert "Its draft model is not used" in str(ollama.show(name))
    assert "272 tokens" in found["bytes"]
    assert "large:latest" not in found["bytes"]
    assert not ollama.chat("large", "What is 2 + 3?", options=QUIET).result(60).draft_problem
    assert not ollama.chat("bytes", "What is 2 + 3?", options={**QUIET, "draft_num_predict": 0}).result(60).draft_problem


# keeping


def test_it_is_shown(pair: Ollama) -> None:
    info = pair.show("fast")
    assert info.draft == "llama 5.25M F16"
    assert "    draft               llama 5.25M F16" in str(info)
    assert "draft" in [layer.kind for layer in info.layers]
    assert f"\nDRAFT {opened(pair, 'fast').drafts[0]}\n" in info.modelfile
    assert not info.notes
    assert pair.show("large").draft == ""


def test_copies_and_models_made_of_it_keep_it_and_pruning_does_as_well(ollama: Ollama, large: Path) -> None:
    ollama.create("fast", f"FROM {large}\nDRAFT pocket").result(60)
    ollama.copy("fast", "copy")
    ollama.create("child", "FROM copy\nSYSTEM Be brief.").result(60)
    ollama.create("smaller", "FROM copy", quantize="q8_0").result(60)
    for name in ("fast", "pocket", "copy"):
        ollama.delete(name)
    ollama.prune()
    for name in ("child", "smaller"):
        assert ollama.chat(name, QUESTIONS[0], options=QUIET).result(60).statistics.accepted_count > 5
    assert ollama.verify().result(60).ok
    draft = opened(ollama, "child").drafts[0]
    ollama.delete("child")
    assert draft.exists()
    ollama.delete("smaller")
    assert not draft.exists()


def test_a_tar_file_carries_it(pair: Ollama, ollama: Ollama, tmp_path: Path) -> None:
    pair.save(["fast"], tmp_path / "fast.tar").result(60)
    ollama.load(tmp_path / "fast.tar").result(60)
    assert opened(ollama, "fast").manifest.raw == opened(pair, "fast").manifest.raw
    assert ollama.chat("fast", QUESTIONS[0], options=QUIET).result(60).statistics.accepted_count > 5


def test_a_draft_goes_to_a_registry_and_comes_back(new_ollama: Any, scripted: Scripted, tmp_path: Path) -> None:  # noqa: F811 (the fixtures)
    home, away = new_ollama("home"), new_ollama("away")
    base, draft = tiny.random_llama(tmp_path / "base.gguf", seed=1), tiny.random_llama(tmp_path / "draft.gguf", seed=2)
    name = f"{scripted.host}/me/fast"
    home.create(name, f"FROM {base}\nDRAFT {draft}").result(60)
    home.push(name, insecure=True).result(60)
    away.pull(name, insecure=True).result(60)
    model = away.store.open(ModelName.parse(name))
    assert model.drafts[0].read_bytes() == draft.read_bytes()
    assert model.manifest.raw == home.store.open(ModelName.parse(name)).manifest.raw
    assert "draft" in kinds(model)


# over the network


def test_the_api_makes_and_asks_such_models(large: Path, tmp_path: Path) -> None:
    small = drafts.pocket(tmp_path / "small.gguf")
    with Ollama(settings=Settings(tmp_path / "models", key=tmp_path / "key")) as here:
        there = Ollama(host=here.serve(port=0).url)
        there.create("fast", f"FROM {large}\nDRAFT {small}", draft_quantize="q8_0").result(60)
        assert read_index(opened(here, "fast").drafts[0]).file_type == "Q8_0"
        mine, theirs = (one.chat("fast", QUESTIONS[0], options=QUIET).result(60) for one in (here, there))
        assert str(mine) == str(theirs)
        assert theirs.statistics.accepted_count == mine.statistics.accepted_count > 5
        with pytest.raises(SourceError, match="DRAFT pocket"):
            there.create("fast", f"FROM {large}\nDRAFT pocket").result(60)


def test_layers_of_a_draft_carry_no_name_of_where_they_came_from(pair: Ollama) -> None:
    [layer] = opened(pair, "fast").manifest.of(DRAFT)
    assert layer == Layer(DRAFT, layer.digest, layer.size)
