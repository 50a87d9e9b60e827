"""A GGUF file with another header and the same weights: shards put together, a key added."""

from __future__ import annotations

from pathlib import Path

from ....names import Digest
from .output import Output
from .progress import Reporter
from .rows import blocks
from .targets import Targets


def write(targets: Targets, target: Path, report: Reporter) -> Digest:
    """Write ``target`` in one pass; every tensor keeps its type and its bytes.

    Raises: GGUFError when a source cannot be read or shrinks; DiskFull, StoreError.
    """
    with Output(target, targets.size_bytes) as output:
        output.write(targets.header)
        for block in blocks(targets.tensors, n_threads=1):
            output.write(block.target.source.read(block.first_row, block.n_rows).data)
            output.write(block.padding)
            report.advance(block.source_bytes)
        return output.digest()
