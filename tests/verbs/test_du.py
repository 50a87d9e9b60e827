"""``du``: what each model costs, and what else lies in the store."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_ollama import Ollama
from jupyter_ollama.names import ModelName

from .conftest import Create


def test_a_model_costs_what_is_its_own_and_shares_the_rest(ollama: Ollama, create: Create) -> None:
    model = create("mario", "PARAMETER quantization q8_0")
    create("luigi", "FROM mario\nSYSTEM only of luigi")
    create("peach", "FROM luigi")
    use = ollama.du()
    by_name = {one.name: one for one in use.models}

    assert ["luigi:latest", "peach:latest", "mario:latest"] == [one.name for one in use.models]
    assert (0, ("luigi:latest", "peach:latest")) == (by_name["mario:latest"].alone_bytes, by_name["mario:latest"].shared_with)
    ollama.delete("peach")
    assert [len("only of luigi"), 0] == [one.alone_bytes for one in ollama.du().models]
    assert model.manifest.size == by_name["mario:latest"].size_bytes == by_name["mario:latest"].shared_bytes


def test_a_blob_that_a_model_lists_twice_counts_once(ollama: Ollama, create: Create) -> None:
    create("mario", "SYSTEM same\nLICENSE same")
    [use] = ollama.du().models

    assert use.size_bytes == ollama.du().blobs.size_bytes < ollama.store.open(ModelName.valid("mario")).manifest.size


def test_everything_in_the_folder_is_accounted_for(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    create("mario", "SYSTEM s")
    folder = ollama.store.blobs.folder
    (folder / f"sha256-{'1' * 64}").write_bytes(b"x" * 10)
    (folder / "notes.txt").write_text("hello")
    partial = folder / f"sha256-{'2' * 64}-partial"
    partial.touch()
    os.truncate(partial, 1 << 40)
    (folder / "sha256-123456789").write_bytes(b"begun")
    use = ollama.du()

    assert (1, tiny_gguf.stat().st_size) == (use.linked.count, use.linked.size_bytes)
    assert (1, 10) == (use.unreferenced.count, use.unreferenced.size_bytes)
    assert (2, True) == (use.unfinished.count, use.unfinished.size_bytes < 1 << 20), "a sparse file counts what it takes"
    assert 1 == use.others.count
    assert use.total_bytes == use.blobs.size_bytes + use.unfinished.size_bytes + use.others.size_bytes
    assert use.free_bytes > 0


def test_an_empty_store_and_one_with_a_broken_manifest_can_be_summed(ollama: Ollama, create: Create) -> None:
    assert ((), 0) == ((use := ollama.du()).models, use.total_bytes)
    ollama.store.tags.path(create("mario").name).write_text("{")

    assert (("mario:latest",), (), 0) == ((use := ollama.du()).unreadable, use.models, use.unreferenced.count)
    assert "the manifest of mario:latest" in str(use)
