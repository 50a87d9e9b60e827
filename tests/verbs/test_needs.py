"""Will it fit: the parts add up, grow with the context, and are about what other types take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ollama import Ollama
from jupyter_ollama.errors import ModelNotFound, OptionError, QuantizationError
from jupyter_ollama.settings import Settings


@pytest.fixture
def pocket(ollama: Ollama) -> Ollama:
    ollama.create("pocket", "FROM pocket").result()
    return ollama


def test_parts_by_type_and_context(pocket: Ollama) -> None:
    rows = pocket.memory("pocket", ["q8_0", "q2_K"], [256, 512])
    info = pocket.show("pocket")
    own = [row for row in rows if not row.estimated]
    weights = next(layer.size_bytes for layer in info.layers if layer.kind == "model")
    assert {row.weights_bytes for row in own} == {weights}
    assert own[1].cache_bytes == 2 * own[0].cache_bytes > 0
    assert own[0].total_bytes == own[0].weights_bytes + own[0].cache_bytes + own[0].compute_bytes
    assert [row.type for row in rows if row.estimated] == ["Q8_0", "Q8_0", "Q2_K", "Q2_K"]
    assert "KV CACHE" in rows._repr_mimebundle_()["text/plain"]


def test_what_is_reckoned_is_about_what_comes_out(pocket: Ollama) -> None:
    pocket.create("small", "FROM pocket", quantize="q8_0").result()
    made = next(layer.size_bytes for layer in pocket.show("small").layers if layer.kind == "model")
    reckoned = next(row for row in pocket.memory("pocket", ["q8_0"], [256]) if row.estimated)
    assert 0.7 < reckoned.weights_bytes / made < 1.2


def test_contexts_beyond_the_training_are_told_once(pocket: Ollama) -> None:
    rows = pocket.memory("pocket", [], [256, 10**6, 10**7])
    assert [row.n_ctx for row in rows] == [256, pocket.metadata("pocket")["llama.context_length"]]


def test_a_small_machine_has_no_room(tmp_path: Path) -> None:
    settings = replace(Settings.from_environment(), models=tmp_path / "models", memory_bytes=1 << 20)
    with Ollama(settings=settings) as ollama:
        ollama.create("pocket", "FROM pocket").result()
        assert {row.fits for row in ollama.memory("pocket")} == {"no"}


def test_mistakes(pocket: Ollama) -> None:
    with pytest.raises(ModelNotFound):
        pocket.memory("nobody")
    with pytest.raises(QuantizationError):
        pocket.memory("pocket", ["q9"])
    with pytest.raises(OptionError):
        pocket.memory("pocket", [], [-1])
