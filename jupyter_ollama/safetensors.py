"""Safetensors files: their header, and the bytes of a tensor without reading the rest.

    u64 length of the header, JSON header {name: {dtype, shape, data_offsets}, "__metadata__": {...}}, data

The `safetensors` package checks a file before it is used; weights are then read by position (`pread`), because a mapped file that
shrinks would kill the process. Sharded models have an index, ``{"weight_map": {tensor: file}}``, which must agree with its files.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from safetensors import SafetensorError, safe_open

from .errors import SafetensorsError
from .json_file import read_json
from .pread import FileRange, RangeReader
from .sentences import Sentence

DTYPE_BYTES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
    "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}  # fmt: skip
MAX_HEADER_BYTES = 100_000_000
INDEX_SUFFIX = ".safetensors.index.json"

_AGAIN = "The file is truncated or corrupt: copy or download it again."
_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.safetensors")


@dataclass(frozen=True, slots=True)
class SafeTensor:
    """One tensor of a file. ``shape`` is the outermost dimension first, as PyTorch writes it."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    nbytes: int
    reader: RangeReader = field(repr=False, compare=False)

    @property
    def path(self) -> Path:
        """The file it is in."""
        return self.reader.path

    def read(self, start: int, count: int) -> bytes:
        """``count`` of its bytes from ``start``. May be called from several threads.

        Raises: SafetensorsError when the file has become shorter.
        """
        return self.reader.read(self.offset + start, count)

    def range(self, start: int, count: int) -> FileRange:
        """Where the bytes that ``read`` gives lie."""
        return FileRange(self.path, self.offset + start, count)


def read_file(path: str | Path) -> dict[str, SafeTensor]:
    """The tensors of one file by name, in the order of their data.

    Raises: SafetensorsError when the file is missing, truncated or not well formed.
    """
    path = Path(path)
    reader = RangeReader(path, SafetensorsError)
    try:
        with safe_open(path, framework="numpy"):
            pass
    except (SafetensorError, OSError, ValueError) as cause:
        raise _bad(path, Sentence("is not a usable safetensors file: %1", cause)) from cause
    length = int.from_bytes(reader.read(0, 8), "little")
    if length > min(MAX_HEADER_BYTES, reader.size_bytes - 8):
        raise _bad(path, Sentence("claims a header of %1 bytes", f"{length:,}"))
    try:
        header = json.loads(reader.read(8, length))
    except (ValueError, RecursionError) as cause:
        raise _bad(path, Sentence("has a header that is no JSON: %1", cause)) from cause
    if not isinstance(header, dict):
        raise _bad(path, "has a header that is no JSON object")
    header.pop("__metadata__", None)
    tensors = [_tensor(name, entry, 8 + length, reader) for name, entry in header.items()]
    return {tensor.name: tensor for tensor in sorted(tensors, key=lambda tensor: tensor.offset)}


def _tensor(name: str, entry: Any, data_start: int, reader: RangeReader) -> SafeTensor:
    path, what = reader.path, Sentence("describes the tensor %1 wrongly", repr(name))
    if not isinstance(entry, dict):
        raise _bad(path, what)
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in DTYPE_BYTES:
        raise _bad(path, Sentence("has the tensor %1 in the type %2", repr(name), repr(dtype)), "This type cannot be read.")
    if not _whole_numbers(shape) or not _whole_numbers(offsets) or len(offsets) != 2:
        raise _bad(path, what)
    begin, end = offsets
    nbytes = DTYPE_BYTES[dtype] * math.prod(shape)
    if end - begin != nbytes or data_start + end > reader.size_bytes:
        raise _bad(path, what)
    return SafeTensor(name, dtype, tuple(shape), data_start + begin, nbytes, reader)


def _whole_numbers(held: Any) -> TypeGuard[list[int]]:
    return isinstance(held, list) and all(type(item) is int and item >= 0 for item in held)


def read_folder(folder: str | Path, files: Sequence[Path] | None = None) -> dict[str, SafeTensor]:
    """The tensors of a model: one file, or shards with or without an index.

    Args:
        folder: where the model is.
        files: the files to use; without them, those of the index, or ``model*.safetensors``, or ``consolidated*.safetensors``.
    Raises: SafetensorsError when there are none, a shard is missing, the index disagrees, or a tensor is there twice.
    """
    folder = Path(folder)
    index = _index(folder, files)
    if index is not None:
        return _indexed(folder, index)
    paths = sorted(files) if files else _weights(folder)
    _check_shards(folder, paths)
    return _merged(paths)


def _weights(folder: Path) -> list[Path]:
    for pattern in ("model*.safetensors", "consolidated*.safetensors"):
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
        if found:
            return found
    raise _bad(folder, "has no model*.safetensors", "Give the folder that has config.json and the safetensors files.")


def _index(folder: Path, files: Sequence[Path] | None) -> Path | None:
    """The index that speaks of these files."""
    if files is None:
        found = folder / f"model{INDEX_SUFFIX}"
        return found if found.is_file() else None
    shards = {match[1] for path in files if (match := _SHARD.fullmatch(path.name)) and path.parent == folder}
    found_of = [folder / f"{prefix}{INDEX_SUFFIX}" for prefix in sorted(shards)]
    return found_of[0] if len(found_of) == 1 and found_of[0].is_file() else None


def _indexed(folder: Path, index: Path) -> dict[str, SafeTensor]:
    weight_map = read_json(index, SafetensorsError).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise _bad(index, "has no weight_map", "Copy or download the index again.")
    for name in {str(name) for name in weight_map.values()}:
        if not _is_plain(name):
            raise _bad(index, Sentence("names the file %1", repr(name)), "Shards must be plain file names inside the model's folder.")
    paths = [folder / name for name in sorted(set(weight_map.values()))]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise _bad(folder, Sentence("lacks %1", _some(missing)), "Download the missing shards.")
    tensors = _merged(paths)
    moved = [name for name, file in weight_map.items() if name not in tensors or tensors[name].path.name != file]
    extra = [name for name in tensors if name not in weight_map]
    if moved or extra:
        what = Sentence("says that %1 is there, but it is not", _some(moved)) if moved else Sentence("does not know %1", _some(extra))
        raise _bad(index, what, "Index and shards are of different models or versions: download them again.")
    return tensors


def _is_plain(name: str) -> bool:
    return name.endswith(".safetensors") and not name.startswith(".") and not set(name) & set("/\\:\0")


def _check_shards(folder: Path, paths: Iterable[Path]) -> None:
    """Files named as shards must be all there."""
    families: dict[tuple[str, int], set[int]] = {}
    for path in paths:
        if match := _SHARD.fullmatch(path.name):
            families.setdefault((match[1], int(match[3])), set()).add(int(match[2]))
    for (prefix, count), numbers in families.items():
        missing = [f"{prefix}-{number:05d}-of-{count:05d}.safetensors" for number in range(1, count + 1) if number not in numbers]
        if missing:
            raise _bad(folder, Sentence("lacks %1", _some(missing)), "Download the missing shards.")


def _merged(paths: Iterable[Path]) -> dict[str, SafeTensor]:
    tensors: dict[str, SafeTensor] = {}
    for path in paths:
        for name, tensor in read_file(path).items():
            if name in tensors:
                raise _bad(
                    path, Sentence("and %1 both have the tensor %2", tensors[name].path.name, repr(name)),
                    "Keep the files of one model in a folder.",
                )  # fmt: skip
            tensors[name] = tensor
    return tensors


def _some(names: Sequence[str] | Mapping[str, Any]) -> str:
    """A list of names that stays readable."""
    shown = list(names)[:3]
    more = len(names) - len(shown)
    return ", ".join(map(repr, shown)) + (f" and {more:,} more" if more else "")


def _bad(path: Path, what: str, hint: str = _AGAIN) -> SafetensorsError:
    return SafetensorsError(Sentence("%1 %2.", path, Sentence.of(what)), hint=hint, path=path)
