"""Weights on their way from the source's type to the target's: in blocks, on several threads, in the order of the file."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ....errors import QuantizationError
from ....gguf import TensorType, padded
from ....gguf.types import INTEGERS
from ....sentences import Sentence
from ..cores import usable_cores
from .ggml import Ggml, Rows, Values
from .targets import Target

BLOCK_VALUES = 1 << 20
BLOCKS_VALUES = 16 << 20  # of all threads together: bounds the memory where there are many
F16_INFINITY = 0x7C00
LOST_FRACTION, LOST_VALUES = 1e-3, 16
_DAMAGED = "The source is damaged: get it again."


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of one tensor."""

    target: Target
    first_row: int
    n_rows: int

    @property
    def source_bytes(self) -> int:
        return self.target.source_bytes // self.target.n_rows * self.n_rows

    @property
    def size_bytes(self) -> int:
        """In the finished file, without the padding."""
        return self.target.size_bytes // self.target.n_rows * self.n_rows

    @property
    def is_last(self) -> bool:
        """Of its tensor."""
        return self.first_row + self.n_rows == self.target.n_rows

    @property
    def importance(self) -> Values | None:
        """How much each column counts; every matrix of experts has its own."""
        held, length = self.target.importance, self.target.row_length
        return None if held is None else held[self.first_row // self.target.n_matrix_rows * length :][:length]

    @property
    def padding(self) -> bytes:
        """What follows the block in the file: zeros up to where the next tensor begins, after the last block of one."""
        if not self.is_last:
            return b""
        return bytes(padded(self.target.size_bytes) - self.target.size_bytes)


class NotInF16(Exception):  # a step of the work, not an error of anybody
    """A tensor holds values that F16 cannot: beyond 65504, or so small that they vanish."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.name)
        self.target = target


class Converter:
    """Turns blocks into rows of their target's type. Every call may come from another thread.

    Args:
        path: the model's source, for errors.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ggml = Ggml()
        self._own = threading.local()

    def rows(self, block: Block) -> Rows:
        """Read, convert and check one block.

        Raises: SourceError when the source cannot be read; QuantizationError for NaN and infinite values; NotInF16.
        """
        source, kind = block.target.source, block.target.type
        rows = source.read(block.first_row, block.n_rows)
        if not self._ggml.are_valid(source.type, rows):
            raise self._refused(source.name, "holds NaN or infinite values", _DAMAGED)
        if kind is source.type:
            return rows
        if source.type in INTEGERS:
            raise self._refused(source.name, Sentence("holds %1 numbers, which cannot become %2", source.type.name, kind.name), _DAMAGED)
        values = self._ggml.to_floats(source.type, rows, self._buffer(block))
        result = self._ggml.from_floats(kind, values, block.target.row_length, block.importance)
        if kind is TensorType.F16:
            if not _holds(result, values):
                raise NotInF16(block.target)
        elif not self._ggml.are_valid(kind, result):
            raise self._refused(source.name, Sentence("holds values too large for %1", kind.name), "Use a float type, such as bf16.")
        return result

    def _buffer(self, block: Block) -> Values:
        """This thread's room for the values of a block."""
        needed = block.n_rows * block.target.row_length
        buffer = getattr(self._own, "buffer", None)
        if buffer is None or buffer.size < needed:
            buffer = self._own.buffer = np.empty(needed, np.float32)
        held: Values = buffer[:needed]
        return held

    def _refused(self, name: str, what: str, hint: str) -> QuantizationError:
        return QuantizationError(
            Sentence("The tensor %1 of %2 %3.", repr(name), self._path, Sentence.of(what)), hint=hint, path=self._path, tensor=name
        )


class Patience(Protocol):
    """Blocks whose source may not be there yet."""

    def wait(self, number: int) -> None:
        """Until it is."""

    def give_up(self) -> None:
        """Nobody needs to wait any longer."""


def converted(converter: Converter, parts: Iterable[Block], patience: Patience | None = None) -> Iterator[tuple[Block, Rows]]:
    """All rows of all blocks, in order."""

    def rows(number: int, block: Block) -> Rows:
        if patience is not None:
            patience.wait(number)
        return converter.rows(block)

    n_threads = usable_cores()
    waiting: deque[tuple[Block, Future[Rows]]] = deque()
    with ThreadPoolExecutor(n_threads, "convert") as pool:
        try:
            for number, block in enumerate(parts):
                waiting.append((block, pool.submit(rows, number, block)))
                if len(waiting) > n_threads + 1:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            if patience is not None:
                patience.give_up()


def not_in_f16(converter: Converter, targets: Iterable[Target]) -> set[str]:
    """The names of all tensors that F16 cannot hold."""
    found: set[str] = set()

    def look(block: Block) -> None:
        if block.target.name not in found:
            try:
                converter.rows(block)
            except NotInF16:
                found.add(block.target.name)

    n_threads = usable_cores()
    with ThreadPoolExecutor(n_threads, "look") as pool:
        for _ in pool.map(look, blocks(target for target in targets if target.type is TensorType.F16)):
            pass
    return found


def blocks(targets: Iterable[Target], n_threads: int = 0) -> Iterator[Block]:
    """The tensors cut into blocks of whole rows. With an importance matrix none goes from one expert to the next.

    Args:
        n_threads: how many work on them; 0 means all there are.
    """
    values = min(BLOCK_VALUES, max(BLOCKS_VALUES // (n_threads or usable_cores()), 1 << 16))
    for target in targets:
        step = max(1, values // target.row_length)
        part = target.n_rows if target.importance is None else target.n_matrix_rows
        for first in range(0, target.n_rows, part):
            for row in range(first, first + part, step):
                yield Block(target, row, min(step, first + part - row))


def _holds(rows: Rows, values: Values) -> bool:
    """Whether F16 rows say what the finite values do: none became infinite, and no more than a few zero. A value in a million becomes zero
    in any model, which nobody can notice.
    """
    sizes = rows.view(np.uint16) & 0x7FFF  # without the sign
    if sizes.max() >= F16_INFINITY:
        return False
    few = max(LOST_VALUES, int(values.size * LOST_FRACTION))
    left = int(np.count_nonzero(sizes))
    return values.size - left <= few or int(np.count_nonzero(values)) - left <= few
