"""The direct way from a plan to a finished file: rows are read, converted and written in one pass, and hashed meanwhile.

It takes no room on the disk but the result's.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ....names import Digest
from .output import Output
from .progress import Reporter
from .rows import Converter, NotInF16, blocks, converted, not_in_f16
from .targets import Target, Targets


def write(targets: Targets, source: Path, target: Path, report: Reporter) -> tuple[Digest, Targets]:
    """Write ``target``. Tensors that F16 cannot hold keep their type, so what was written is returned, too.

    Raises: SourceError and its kin, DiskFull, StoreError.
    """
    converter = Converter(source)
    try:
        return _one_pass(targets, converter, target, report), targets
    except NotInF16 as first:
        rest = targets.tensors[targets.tensors.index(first.target) :]
        names = not_in_f16(converter, rest)
        targets = targets.keeping(names, kept_note(names, first.target))
        report.restart()
        return _one_pass(targets, converter, target, report), targets


def _one_pass(targets: Targets, converter: Converter, target: Path, report: Reporter) -> Digest:
    with Output(target, targets.size_bytes) as output:
        output.write(targets.header)
        for block, rows in converted(converter, blocks(targets.tensors)):
            output.write(rows.data)
            output.write(block.padding)
            report.advance(block.source_bytes)
        return output.digest()


def kept_note(names: Collection[str], example: Target) -> str:
    """What to say of tensors that F16 cannot hold; ``example`` is the first of them."""
    these = f"{example.name} holds" if len(names) == 1 else f"{len(names)} tensors ({example.name} first) hold"
    stay = "stays" if len(names) == 1 else "stay"
    return f"{these} values too large or too small for F16 and {stay} {example.source.type.name}."
