"""From the tensors of a safetensors folder to the tensors of a GGUF: rules, names, shapes, and what is missing or left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import SafetensorsError
from ..gguf.plan import stays_as_it_is
from ..gguf.types import FLOATS
from ..safetensors import SafeTensor
from ..sentences import Sentence
from .config import ConfigView
from .derived import Widened
from .names import NameMap, place
from .records import Arch, Tensor
from .rope import FACTORS
from .rows import Computed, PlannedTensor, Rows
from .rules import Rules
from .stored import rows_of

MAX_BLOCKS = 512


@dataclass(frozen=True, slots=True)
class Weights:
    """The tensors in file order, which type most of their numbers have in the source, and what was left out."""

    tensors: tuple[PlannedTensor, ...]
    source_type: str
    source_bytes: int
    dropped: tuple[str, ...]


class _Planner:
    def __init__(self, arch: Arch, config: ConfigView, folder: Path) -> None:
        self.arch = arch
        self.config = config
        self.folder = folder
        self.n_blocks = config.integer("@blocks")
        if not 1 <= self.n_blocks <= MAX_BLOCKS:
            raise config.fail(Sentence("num_hidden_layers is %1", self.n_blocks), Sentence("It must be from 1 to %1.", MAX_BLOCKS))
        self.names = NameMap(arch.name, self.n_blocks)
        self.rules = Rules(arch.rules, config, self.n_blocks if arch.drops_later_blocks else None)
        self.rows: dict[str, Rows] = {}
        self.unknown: list[str] = []

    def take(self, source: Mapping[str, Rows]) -> None:
        """Give each tensor of the source its place."""
        for name, rows in source.items():
            self.place(name, self.rules.applied(name, rows))
        for name, rows in self.rules.stacked():
            self.place(name, ((name, rows),))

    def place(self, source: str, made: Iterable[tuple[str, Rows]]) -> None:
        """Note what became of a tensor of the source."""
        for name, rows in made:
            target = self.names.gguf_name(name)
            if target is None:
                self.unknown.append(source)
            elif target in self.rows:
                raise self.fail(Sentence("has two tensors that both mean %1, one is %2", repr(target), repr(source)))
            else:
                self.rows[target] = rows

    def compute(self) -> None:
        """Add the tensors that come from the config.

        Raises: SourceError for a rope type that lives by its factors when there are none.
        """
        for made in self.arch.made:
            values = made.make(self.config)
            if values is not None:
                self.rows[made.name] = Computed(values)
        kind = self.config.get("@rope.rope_type")
        if isinstance(kind, str) and not self.rows.keys() >= FACTORS.get(kind, set()):
            raise self.config.fail(
                Sentence("the rope type %1 has no factors, or llama.cpp knows none in a %2 model", repr(kind), self.arch.name)
            )

    def check(self) -> None:
        """Compare with what the architecture needs.

        Raises: SafetensorsError naming tensors that are missing, unknown, or of another shape than the config says.
        """
        wanted = dict(self.expected())
        unknown = self.unknown + [name for name in self.rows if name not in wanted]
        if unknown:
            raise self.fail(Sentence("has %1 tensors that a %2 model does not have: %3", len(unknown), self.arch.name, _some(unknown)))
        missing = [name for name, tensor in wanted.items() if name not in self.rows and self.is_required(tensor)]
        if missing:
            spoken = self.rules.missing() or [self.names.usual_name(name) for name in missing]
            raise self.fail(Sentence("lacks %1 tensors: %2", len(missing), _some(spoken)), "Download the missing shards again.")
        for name, rows in self.rows.items():
            shape = tuple(int(size) if size.isdecimal() else self.config.integer(size) for size in wanted[name].shape)
            if tuple(reversed(rows.shape)) != shape:
                raise self.fail(
                    Sentence("has %1 in the shape %2, but by config.json it is %3",
                             self.names.usual_name(name), list(rows.shape), list(reversed(shape)))
                )

    def expected(self) -> Iterator[tuple[str, Tensor]]:
        for tensor in self.arch.tensors:
            if "{bid}" in tensor.name:
                for number in self.config.get(tensor.blocks) if tensor.blocks else range(self.n_blocks):
                    yield tensor.name.format(bid=number), tensor
            else:
                yield tensor.name, tensor

    def is_required(self, tensor: Tensor) -> bool:
        return bool(self.config.get(tensor.required)) if isinstance(tensor.required, str) else tensor.required

    def planned(self) -> Iterator[PlannedTensor]:
        for name in sorted(self.rows, key=place):
            rows = self.rows[name]
            packed, keep = rows.type not in FLOATS, stays_as_it_is(name, rows.shape)
            yield PlannedTensor(name, Widened(rows) if keep and not packed else rows, keep or packed)

    def fail(self, what: str, hint: str = "Config and weights do not belong together: download the model again.") -> SafetensorsError:
        return SafetensorsError(Sentence("%1 %2.", self.folder, Sentence.of(what)), hint=hint, path=self.folder)


def plan_weights(arch: Arch, config: ConfigView, source: Mapping[str, SafeTensor], folder: Path, block: object = None) -> Weights:
    """Plan every tensor. ``block`` is the config's block size of FP8 weights.

    Raises: SafetensorsError naming the tensors that do not fit; SourceError when the config is at fault.
    """
    planner = _Planner(arch, config, folder)
    planner.rules.dropped += [name for name in source if planner.rules.drops(name)]  # whatever they are stored as
    left_out = set(planner.rules.dropped)
    planner.take(rows_of({name: tensor for name, tensor in source.items() if name not in left_out}, block))
    planner.compute()
    planner.check()
    dropped = set(planner.rules.dropped)
    used = [tensor for tensor in source.values() if tensor.name not in dropped]
    return Weights(
        tensors=tuple(planner.planned()),
        source_type=_prevailing(used),
        source_bytes=sum(tensor.nbytes for tensor in used),
        dropped=tuple(planner.rules.dropped),
    )


def _prevailing(tensors: list[SafeTensor]) -> str:
    """The type with the most bytes; matrices decide, whatever norms are stored in."""
    bytes_of: Counter[str] = Counter()
    for tensor in tensors:
        bytes_of[tensor.dtype] += tensor.nbytes
    most = bytes_of.most_common(1)[0][0]
    return "MXFP4" if most == "U8" else most


def _some(names: list[str]) -> str:
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more:,} more" if more > 0 else "")
