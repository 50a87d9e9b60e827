"""A GGUF file as it is, byte for byte, into the store; hashed while it is copied."""

from __future__ import annotations

from pathlib import Path

from ....errors import GGUFError
from ....names import Digest
from ....pread import RangeReader
from .output import Output
from .progress import Reporter

COPY_BYTES = 4 << 20


def write(source: Path, target: Path, report: Reporter) -> Digest:
    """Raises: GGUFError when the source cannot be read or shrinks; DiskFull, StoreError."""
    with RangeReader(source, GGUFError) as reader, Output(target, reader.size_bytes) as output:
        for start in range(0, reader.size_bytes, COPY_BYTES):
            block = reader.read(start, min(COPY_BYTES, reader.size_bytes - start))
            output.write(block)
            report.advance(len(block))
        return output.digest()
