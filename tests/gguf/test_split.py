"""Which GGUF files make one model."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ollama.errors import GGUFError
from jupyter_ollama.gguf import gather, read_index, read_shards, whole

from .test_plan import split


def test_files_are_sorted_into_models(tmp_path: Path, tiny_gguf: Path) -> None:
    (tmp_path / "other").mkdir()
    three, two = split(tmp_path), split(tmp_path / "other", 2)
    models = gather(map(read_index, [three[2], tiny_gguf, two[1], three[0], tiny_gguf]))

    assert [[shard.path for shard in shards] for shards in models] == [three, [tiny_gguf], two]


def test_a_link_to_a_file_is_the_same_file(tmp_path: Path, tiny_gguf: Path) -> None:
    (tmp_path / "link.gguf").symlink_to(tiny_gguf)

    assert 1 == len(gather(map(read_index, [tiny_gguf, tmp_path / "link.gguf"])))


def test_together_shards_have_one_header(tmp_path: Path) -> None:
    index = whole(read_shards(split(tmp_path)[1]))

    assert list(index.metadata) == ["general.architecture", "general.file_type"]
    assert 6 == len(index.tensors)
    assert index.parameter_count == 6 * 64


def test_a_single_file_has_its_own_header(tiny_gguf: Path) -> None:
    [index] = read_shards(tiny_gguf)

    assert whole((index,)) is index


def test_files_of_two_models_are_not_taken_for_shards(tmp_path: Path, tiny_gguf: Path) -> None:
    with pytest.raises(GGUFError, match="is no shard of"):
        read_shards(split(tmp_path)[0], tiny_gguf)


def test_a_header_that_claims_very_many_shards_is_refused_at_once(tmp_path: Path) -> None:
    path = split(tmp_path, 2, count=4_000_000_000)[0]

    with pytest.raises(GGUFError, match="4,000,000,000 shards"):
        read_shards(path)


def test_a_shard_that_does_not_say_its_number_is_refused(tmp_path: Path) -> None:
    paths = split(tmp_path)
    paths[1].write_bytes(paths[1].read_bytes().replace(b"split.no", b"split.xx"))

    with pytest.raises(GGUFError, match=r"is missing split\.no metadata"):
        read_shards(paths[0])
