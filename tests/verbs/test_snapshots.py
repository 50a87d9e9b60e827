"""Snapshots and adapters as a user meets them: pocket, unloaded and loaded again, with and without a LoRA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gguf
import numpy as np
import pytest

from jupyter_ollama import Message, Ollama
from jupyter_ollama.events import Done
from jupyter_ollama.gguf import read_index
from jupyter_ollama.names import ModelName
from jupyter_ollama.settings import Settings

RULES = " ".join(f"Rule {number}: never say {word}." for number in range(25) for word in ("ships", "cats", "apples"))
ASKED = f"Tell me a story. {RULES[:400]}"
SURE = {"temperature": 0, "num_thread": 1, "num_predict": 12, "num_ctx": 2048}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with ``sailor``, whose SYSTEM is long, and with a LoRA of pocket, ``parrot``."""
    folder = tmp_path_factory.mktemp("snapshots")
    with opened(folder) as ollama:
        ollama.create("sailor", f"FROM pocket\nSYSTEM {RULES}").result(120)
        base = ollama.store.open(ModelName.valid("pocket")).path
        ollama.create("parrot", f"FROM pocket\nADAPTER {lora(folder / 'parrot.gguf', base)}").result(120)
    return folder


@contextmanager
def opened(folder: Path, cache: str = "cache") -> Iterator[Ollama]:
    """An Ollama of its own on this store: what it has loaded is gone in the end."""
    with Ollama(settings=Settings(folder / "models", cache=folder / cache, snapshot_after_s=0)) as ollama:
        yield ollama


def lora(path: Path, base: Path) -> Path:
    """A small adapter with random numbers for all queries of pocket."""
    index, rng = read_index(base), np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, index.architecture)
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    for tensor in index.tensors:
        if tensor.name.endswith("attn_q.weight"):
            columns, rows = tensor.shape
            writer.add_tensor(f"{tensor.name}.lora_a", rng.normal(0, 1, (4, columns)).astype(np.float32))
            writer.add_tensor(f"{tensor.name}.lora_b", rng.normal(0, 1, (rows, 4)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def ask(ollama: Ollama, model: str, *said: str, **how: bool) -> Done:
    """The answer to the last of what was said, in turns."""
    turns = [Message("assistant" if place % 2 else "user", text) for place, text in enumerate(said)]
    return ollama.chat(model, turns, options=SURE, **how).result(120)


def test_the_first_answer_after_a_reload_does_not_evaluate_system_again(folder: Path) -> None:
    with opened(folder) as ollama:
        first = ask(ollama, "sailor", "Who are you?")
        assert first.cached_tokens == 0
        ask(ollama, "pocket", "Hi", snapshot=True)  # writing is in order: the other one is there by then
        assert ollama.du().snapshots.count == 2
    with opened(folder) as ollama:
        again, other = ask(ollama, "sailor", "Who are you?"), ask(ollama, "sailor", "What is a ship?")
    assert str(again) == str(first)
    assert again.statistics.prompt_eval_count - 40 < again.cached_tokens < again.statistics.prompt_eval_count
    assert other.cached_tokens == again.cached_tokens
    with opened(folder, cache="another") as ollama:
        assert str(ask(ollama, "sailor", "What is a ship?")) == str(other)


def test_a_conversation_that_was_to_be_kept_goes_on_where_it_was(folder: Path) -> None:
    with opened(folder) as ollama:
        first = ask(ollama, "pocket", ASKED, snapshot=True)
    with opened(folder) as ollama:
        then = ask(ollama, "pocket", ASKED, str(first), "And then?")
        assert then.cached_tokens > first.statistics.prompt_eval_count
        pruned = ollama.prune(snapshots=True)
        assert pruned.freed_bytes > 0
        assert ollama.du().snapshots.count == 0
    with opened(folder, cache="another") as ollama:
        assert str(ask(ollama, "pocket", ASKED, str(first), "And then?")) == str(then)


def test_a_model_with_an_adapter_shares_the_process_of_its_base(folder: Path) -> None:
    with opened(folder) as ollama:
        base, parrot = ask(ollama, "pocket", "Who are you?"), ask(ollama, "parrot", "Who are you?")
        assert len({one.pid for one in ollama.engines.loaded()}) == 1
        assert str(ask(ollama, "pocket", "Who are you?")) == str(base) != str(parrot)
        assert parrot.cached_tokens == 0
        none = ollama.chat("parrot", "Who are you?", options={**SURE, "adapter_scale": 0}).result(120)
        assert str(none) == str(base)
    with opened(folder, cache="another") as ollama:
        assert str(ask(ollama, "parrot", "Who are you?")) == str(parrot)


def test_the_scale_of_an_adapter_can_stand_in_a_modelfile(folder: Path) -> None:
    with opened(folder) as ollama:
        ollama.create("quiet", "FROM parrot\nPARAMETER adapter_scale 0").result(120)
        assert str(ask(ollama, "quiet", "Who are you?")) == str(ask(ollama, "pocket", "Who are you?"))
