"""The way round for a llama.cpp whose functions or messages are not those that ``direct`` knows: the model as it comes goes into a
nameless file, from there llama.cpp's own quantizer writes the result. It takes room for both, and the result is hashed afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from ....errors import QuantizationError
from ....gguf import Plan
from ....gguf.imatrix import Imatrix
from ....names import Digest
from ....pread import RangeReader
from ....quantization import Quantize
from .library_quantize import LibraryQuantizer
from .output import disk_full, explained, free_bytes, largest_file, require_room
from .progress import Reporter
from .rows import blocks
from .scratch import scratch_file
from .targets import Targets, lossless, pins

HASH_BYTES = 4 << 20
NEARLY_FULL_BYTES = 1 << 20


def write(
    plan: Plan, quantize: Quantize, source: Path, target: Path, report: Reporter, *, is_gguf: bool, imatrix: Imatrix | None = None
) -> Digest:
    """Write ``target`` from the plan of a folder or of GGUF files. ``is_gguf``: ``source`` is one that holds the model as it comes.

    Raises: SourceError and its kin, DiskFull, StoreError.
    """
    whole = lossless(plan)
    sizes = {tensor.name: tensor.source_bytes for tensor in whole.tensors}
    as_it_comes = contextlib.nullcontext(source) if is_gguf else _written(whole, target)
    with as_it_comes as model, _disk_blamed(target, whole.size_bytes):
        quantizer = LibraryQuantizer(model, source, quantize.target, pins(plan, quantize), imatrix, quantize.requantize)
        quantizer.write(target, lambda name: report.advance(sizes.get(name, 0)))
    return _hash(target)


@contextlib.contextmanager
def _written(whole: Targets, target: Path) -> Iterator[Path]:
    """The path of a nameless GGUF file that holds the model as it comes."""
    require_room(target, whole.size_bytes)
    with scratch_file(target.parent) as (file, model):
        with explained(target, whole.size_bytes):
            file.write(whole.header)
            for block in blocks(whole.tensors, n_threads=1):
                file.write(block.target.source.read(block.first_row, block.n_rows).data)
                file.write(block.padding)
            file.flush()
        yield model


@contextlib.contextmanager
def _disk_blamed(target: Path, size: int) -> Iterator[None]:
    """The library says that it could not write, but not why. ``size`` is what the result takes at most."""
    try:
        yield
    except QuantizationError as error:
        written = target.stat().st_size if target.exists() else 0
        if written >= largest_file() or free_bytes(target) - written < NEARLY_FULL_BYTES:
            raise disk_full(target, max(size, written + 1)) from error
        raise


def _hash(path: Path) -> Digest:
    sha256 = hashlib.sha256()
    with RangeReader(path) as reader:
        for start in range(0, reader.size_bytes, HASH_BYTES):
            sha256.update(reader.read(start, min(HASH_BYTES, reader.size_bytes - start)))
    return Digest(sha256.hexdigest())
