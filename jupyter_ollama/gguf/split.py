"""Models in several GGUF files: ``name-00001-of-00003.gguf`` and so on. The first one has the metadata, each one some tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import GGUFError
from ..sentences import Sentence
from .index import GGUFIndex, read_index
from .metadata import Metadata

COUNT, NUMBER, N_TENSORS = "split.count", "split.no", "split.tensors.count"
MAX_SHARDS = 1000

_NAME = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf")

Shards = tuple[GGUFIndex, ...]
"""All files of one model, in order; a single one when it is not split."""


def gather(files: Iterable[GGUFIndex]) -> tuple[Shards, ...]:
    """Which models these files make, in the order in which the first file of each is named.

    Shards that are not named are looked for beside those that are. Files that are all there need no particular names.

    Raises: GGUFError when shards are missing, doubled or misnumbered, or do not belong together.
    """
    models: dict[object, list[GGUFIndex]] = {}
    seen: set[Path] = set()
    for index in files:
        path = index.path.resolve()
        if path not in seen:
            seen.add(path)
            models.setdefault(_model_of(index), []).append(index)
    return tuple(_complete(held) if _count(held[0]) > 1 else tuple(held) for held in models.values())


def read_shards(*paths: str | Path) -> Shards:
    """The shards of the one model to which these files belong.

    Raises: GGUFError, also when they are of different models.
    """
    models = gather(read_index(path) for path in paths)
    if len(models) != 1:
        raise _bad(models[1][0], Sentence("is no shard of %1", models[0][0].path.name))
    return models[0]


def whole(shards: Sequence[GGUFIndex]) -> GGUFIndex:
    """The header that the shards have together. Offsets of its tensors are those in their own files."""
    first = shards[0]
    if len(shards) == 1:
        return first
    metadata = {key: value for key, value in first.metadata.typed.items() if key not in (NUMBER, COUNT, N_TENSORS)}
    tensors = tuple(tensor for shard in shards for tensor in shard.tensors)
    return replace(first, metadata=Metadata(metadata), tensors=tensors, size_bytes=sum(shard.size_bytes for shard in shards))


def _count(index: GGUFIndex) -> int:
    return index.integer(COUNT) or 0


def _model_of(index: GGUFIndex) -> object:
    """What shards of one model have in common."""
    if _count(index) <= 1:
        return index.path
    name = _NAME.fullmatch(index.path.name)
    return (name[1] if name else "", _count(index))


def _complete(given: Sequence[GGUFIndex]) -> Shards:
    """All shards of a model, in order, from some of them."""
    count = _count(given[0])
    if count > MAX_SHARDS:
        raise _bad(given[0], Sentence("has %1 shards, more than %2", f"{count:,}", f"{MAX_SHARDS:,}"))
    found: dict[int, GGUFIndex] = {}
    for index in given:
        _add(found, index, count)
    for path in [path for index in given for path in _sisters(index, count, set(found))]:
        if path.is_file():
            _add(found, read_index(path), count)
    if len(found) < count:
        raise _missing(given[0], found, count)
    shards = tuple(found[number] for number in range(count))
    _check_tensors(shards)
    return shards


def _add(found: dict[int, GGUFIndex], index: GGUFIndex, count: int) -> None:
    """Put a shard in its place."""
    number = index.integer(NUMBER)
    if _count(index) != count:
        raise _bad(index, Sentence("filename count %1 does not match metadata count %2", count, _count(index)))
    if number is None:
        raise _bad(index, "is missing split.no metadata")
    if not 0 <= number < count:
        raise _bad(index, Sentence("has invalid shard index %1", number + 1))
    if name := _NAME.fullmatch(index.path.name):
        if int(name[3]) != count:
            raise _bad(index, Sentence("filename count %1 does not match metadata count %2", int(name[3]), count))
        if int(name[2]) != number + 1:
            raise _bad(index, Sentence("filename index %1 does not match metadata index %2", int(name[2]), number + 1))
    if number in found and found[number].path.resolve() != index.path.resolve():
        raise _bad(
            index, Sentence("has duplicate shard index %1", number + 1),
            Sentence("%1 is that shard, too: name only one of them.", found[number].path),
        )  # fmt: skip
    found[number] = index


def _sisters(index: GGUFIndex, count: int, known: set[int]) -> list[Path]:
    """Where the shards that are not known yet should lie."""
    if len(known) == count:
        return []
    name = _NAME.fullmatch(index.path.name)
    if name is None:
        raise _bad(index, "must use llama.cpp split filename pattern", "Name the files like model-00001-of-00003.gguf.")
    return [index.path.with_name(f"{name[1]}-{no + 1:05d}-of-{name[3]}.gguf") for no in range(count) if no not in known]


def _missing(index: GGUFIndex, found: dict[int, GGUFIndex], count: int) -> GGUFError:
    name = _NAME.fullmatch(index.path.name)
    missing = [no + 1 for no in range(count) if no not in found]
    names = [f"{name[1]}-{no:05d}-of-{name[3]}.gguf" if name else Sentence("shard %1", no) for no in missing[:3]]
    shown, more = ", ".join(names), len(missing) - 3
    hint = Sentence("Download %1 and %2 more.", shown, more) if more > 0 else Sentence("Download %1.", shown)
    return _bad(index, Sentence("has %1 shards, expected %2", len(found), count), hint)


def _check_tensors(shards: Shards) -> None:
    names = [tensor.name for shard in shards for tensor in shard.tensors]
    if len(set(names)) != len(names):
        raise _bad(shards[0], "has a tensor in two shards")
    total = shards[0].integer(N_TENSORS)
    if total is not None and total != len(names):
        raise _bad(shards[0], Sentence("has %1 tensors, expected %2", f"{len(names):,}", f"{total:,}"))


def _bad(index: GGUFIndex, what: str, hint: str = "The shards are of different models or versions: download them again.") -> GGUFError:
    return GGUFError(Sentence('split GGUF "%1" %2.', index.path, Sentence.of(what)), hint=hint, path=index.path)
