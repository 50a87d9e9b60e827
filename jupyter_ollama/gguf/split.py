"""Models in several GGUF files: ``name-00001-of-00003.gguf`` and so on. The first one has the metadata, each one some tensors."""

from __future__ import annotations

import re

from ..errors import GGUFError
from .index import GGUFIndex, read_index

COUNT, NUMBER, N_TENSORS = "split.count", "split.no", "split.tensors.count"
MAX_SHARDS = 1000

_NAME = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf")


def read_shards(index: GGUFIndex) -> tuple[GGUFIndex, ...]:
    """All files of the model that a file belongs to, in order; just that file when it is not split.

    Args:
        index: any one of them.
    Raises: GGUFError when a shard is missing or names and metadata disagree.
    """
    count = index.integer(COUNT) or 0
    if count <= 1:
        return (index,)
    match = _NAME.fullmatch(index.path.name)
    if match is None:
        raise _bad(index, "must use llama.cpp split filename pattern", "Name the files like model-00001-of-00003.gguf.")
    if int(match[3]) != count or count > MAX_SHARDS:
        raise _bad(index, f"filename count {int(match[3])} does not match metadata count {count}")
    paths = [index.path.with_name(f"{match[1]}-{number:05d}-of-{match[3]}.gguf") for number in range(1, count + 1)]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise _bad(index, f"has {count - len(missing)} shards, expected {count}", f"Download {', '.join(missing[:3])}.")
    shards = tuple(index if path == index.path else read_index(path) for path in paths)
    for number, shard in enumerate(shards):
        _check(shard, number, count)
    _check_tensors(shards)
    return shards


def _check(shard: GGUFIndex, number: int, count: int) -> None:
    held = shard.integer(NUMBER)
    if held is None:
        raise _bad(shard, "is missing split.no metadata")
    if held != number:
        raise _bad(shard, f"filename index {number + 1} does not match metadata index {held + 1}")
    if shard.integer(COUNT) != count:
        raise _bad(shard, f"filename count {count} does not match metadata count {shard.integer(COUNT)}")


def _check_tensors(shards: tuple[GGUFIndex, ...]) -> None:
    names = [tensor.name for shard in shards for tensor in shard.tensors]
    if len(set(names)) != len(names):
        raise _bad(shards[0], "has a tensor in two shards")
    total = shards[0].integer(N_TENSORS)
    if total is not None and total != len(names):
        raise _bad(shards[0], f"has {len(names):,} tensors, expected {total:,}")


def _bad(index: GGUFIndex, what: str, hint: str = "The shards are of different models or versions: download them again.") -> GGUFError:
    return GGUFError(f'split GGUF "{index.path}" {what}.', hint=hint, path=index.path)
