"""The direct way from a plan to a finished file while the source is still arriving: every byte of it is read once, in order, and is gone
then. What is written stays if the work is ended, and is gone on with; nothing is asked for again but what was not written yet.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from ....names import Digest
from .arrivals import Arrivals
from .direct import kept_note
from .journal import Journal
from .output import Output, explained
from .progress import Reporter
from .rows import Block, Converter, NotInF16, blocks, converted
from .targets import Targets


@dataclass(frozen=True, slots=True)
class Arriving:
    """How a source that is not there yet is read, and where it is written down how far its file is."""

    arrivals: Arrivals
    journal: Path


def write(targets: Targets, source: Path, target: Path, report: Reporter, arriving: Arriving) -> tuple[Digest, Targets]:
    """Write ``target`` or go on with it. Tensors that F16 cannot hold keep their type, so what was written is returned, too.

    Raises: SourceError and its kin, DiskFull, StoreError.
    """
    converter = Converter(source)
    with explained(target, targets.size_bytes), Journal(arriving.journal, targets.header) as journal:
        while True:
            chosen = _keeping(targets, journal.kept)
            try:
                return _one_pass(chosen, converter, target, report, journal, arriving.arrivals), chosen
            except NotInF16 as lost:  # what was written before it is right, whatever the header says of it
                journal.keep(lost.target.name)
                report.restart()


def _one_pass(targets: Targets, converter: Converter, target: Path, report: Reporter, journal: Journal, arrivals: Arrivals) -> Digest:
    parts = list(blocks(targets.tensors))
    ends = _ends(parts, len(targets.header))
    begun = journal.begin(target, targets.header, frozenset(ends))
    done = bisect_right(ends, begun.end)
    report.advance(sum(block.source_bytes for block in parts[:done]))
    with Output(target, targets.size_bytes, begun, journal) as output:
        arrivals.announce(parts[done:])
        for number, (block, rows) in enumerate(converted(converter, parts[done:], arrivals), 1):
            output.write(rows.data)
            output.write(block.padding)
            arrivals.used(number)
            output.note()
            report.advance(block.source_bytes)
        return output.digest()


def _ends(parts: Sequence[Block], header_bytes: int) -> list[int]:
    """Where each block ends in the file, with what follows it up to the next tensor."""
    return list(accumulate((block.size_bytes + len(block.padding) for block in parts), initial=header_bytes))[1:]


def _keeping(targets: Targets, names: Sequence[str]) -> Targets:
    if not names:
        return targets
    first = next(one for one in targets.tensors if one.name == names[0])
    return targets.keeping(frozenset(names), kept_note(names, first))
