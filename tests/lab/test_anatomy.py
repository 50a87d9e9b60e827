"""A model from the inside, and how models are related: against the ``gguf`` package's reader and the store."""

from __future__ import annotations

import numpy as np
import pytest
from gguf import GGUFReader

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import ModelNotFound, NotSupported


@pytest.fixture(scope="module", autouse=True)
def models(ollama: Ollama) -> None:
    ollama.create("mario", "FROM pocket\nSYSTEM It is me.\nPARAMETER temperature 0.9").result()
    ollama.create("small", "FROM pocket", quantize="q4_0").result()


def reader(ollama: Ollama, model: str) -> GGUFReader:
    layer = next(layer for layer in ollama.show(model).layers if layer.kind == "model")
    return GGUFReader(ollama.settings.models / "blobs" / layer.digest.replace(":", "-"))


def test_tensors_are_those_of_the_file(ollama: Ollama) -> None:
    body, expected = lab.anatomy("small", ollama=ollama), reader(ollama, "small").tensors
    assert [(part.name, part.type, part.size_bytes) for part in body] == [(one.name, one.tensor_type.name, int(one.n_bytes)) for one in expected]
    assert sum(part.share for part in body) == pytest.approx(1)
    assert sum(row.size_bytes for row in body.by_kind()) == sum(int(one.n_bytes) for one in expected)
    assert len(body.map().rows) == len(expected)
    assert "MB" in str(body.plot().to_dict())


def test_histograms_count_every_number(ollama: Ollama) -> None:
    body = lab.anatomy("pocket", ollama=ollama)
    name = "blk.0.ffn_down.weight"
    plot = body.histogram(name, bins=10)
    tensor = next(one for one in reader(ollama, "pocket").tensors if one.name == name)
    counts, edges = np.histogram(np.asarray(tensor.data, np.float32), bins=10)
    assert [row["count"] for row in plot.rows] == counts.tolist()
    assert [row["from"] for row in plot.rows] == pytest.approx(edges[:-1].tolist())
    with pytest.raises(NotSupported):
        body.histogram("no.such.tensor")


def test_the_vocabulary_is_searched(ollama: Ollama) -> None:
    body = lab.anatomy("pocket", ollama=ollama)
    found = body.vocabulary("im_start")
    assert [piece.type for piece in found] == ["control"]
    assert len(body.vocabulary(limit=7)) == 7


def test_two_models_that_share_their_weights(ollama: Ollama) -> None:
    found = lab.diff("pocket", "mario", ollama=ollama)
    assert "model" in [layer.kind for layer in found.shared]
    assert "+SYSTEM It is me." in found.modelfile
    assert "+PARAMETER temperature 0.9" in found.modelfile
    assert len(found.tensors) == 0
    shown = found._repr_mimebundle_()
    assert "shared" in shown["text/plain"]
    assert "<ins>+SYSTEM It is me.</ins>" in shown["text/html"]


def test_two_models_with_other_types(ollama: Ollama) -> None:
    found = lab.diff("pocket", "small", ollama=ollama)
    assert len(found.tensors) > 10
    assert found.tensors[0].first != found.tensors[0].second
    with pytest.raises(ModelNotFound):
        lab.diff("pocket", "nobody", ollama=ollama)


def test_lineage_says_what_removing_would_free(ollama: Ollama) -> None:
    found = {one.name: one for one in lab.lineage(ollama=ollama)}
    assert "pocket:latest" in found["mario:latest"].shared_with
    assert found["mario:latest"].weights == found["pocket:latest"].weights != found["small:latest"].weights
    weights = next(layer.size_bytes for layer in ollama.show("small").layers if layer.kind == "model")
    assert found["small:latest"].frees_bytes >= weights
    assert found["mario:latest"].frees_bytes < weights
    assert {row["model"] for row in lab.lineage(ollama=ollama).plot().rows} >= set(found)


def test_lines_of_the_lineage_lead_to_the_layers_of_each_model(ollama: Ollama) -> None:
    plot = lab.lineage(ollama=ollama).plot()
    for row in plot.rows:
        assert row["digest"] in [layer.digest for layer in ollama.show(row["model"]).layers]
    weights = {row["model"]: row["to"] for row in plot.rows if row["kind"] == "model"}
    assert weights["mario:latest"] == weights["pocket:latest"] != weights["small:latest"]
    assert not [row for row in plot.rows if row["kind"] == "system"]
