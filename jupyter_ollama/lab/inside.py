"""A model from the inside: its tensors as a map, where the bytes go, its vocabulary, how its weights are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..render import human_bytes
from ..render.markup import folded, page
from .opened import opened
from .places import place_of
from .plot import BARE, KINDS, LAYERS, Plot, headed
from .rows import Rows

_SAMPLE_ROWS = 512


@dataclass(frozen=True)
class Part:
    """A tensor. ``layer`` is the number of its block, None outside of them; ``share`` of all bytes of the weights."""

    name: str
    layer: int | None
    kind: str
    type: str
    shape: tuple[int, ...]
    values: int
    size_bytes: int
    share: float


@dataclass(frozen=True)
class Piece:
    """A token of the vocabulary. ``text`` is as the file has it, ``reads`` with its blanks and line ends as they are meant."""

    id: int
    text: str
    type: str

    @property
    def reads(self) -> str:
        """As Python writes it."""
        return repr(self.text.translate(_SIGNS))


_SIGNS = str.maketrans({"Ġ": " ", "Ċ": "\n", "ĉ": "\t", "▁": " "})
"""How vocabularies write what cannot be seen."""
_TOKEN_TYPES = {1: "normal", 2: "unknown", 3: "control", 4: "user defined", 5: "unused", 6: "byte"}


class Anatomy(Rows[Part]):
    """The tensors of a model, in the order of its file. ``metadata`` is that of its header."""

    def __init__(self, ollama: Any, name: str, parts: Sequence[Part], metadata: Any) -> None:
        super().__init__(parts, f"{name}: {len(parts):,} tensors", ("name", "type", "shape", "values", "size_bytes", "share"))
        self.name, self.metadata = name, metadata
        self._ollama = ollama

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Where the bytes go, then the tensors."""
        by_kind, tensors = (rows._repr_mimebundle_() for rows in (self.by_kind(), Rows(self[:], self.title, self.displayed)))
        text = "\n\n".join((by_kind["text/plain"], tensors["text/plain"]))
        return {"text/plain": text, "text/html": by_kind["text/html"] + page(folded(f"All {len(self):,} tensors", tensors["text/html"]))}

    def by_kind(self) -> Rows[Part]:
        """All layers' tensors of one kind together, the largest first."""
        total = sum(part.size_bytes for part in self)
        groups: dict[str, list[Part]] = {}
        for part in self:
            groups.setdefault(part.kind, []).append(part)
        rows = [
            Part(f"{len(parts)} × {kind}", None, kind, ", ".join(sorted({one.type for one in parts})), parts[0].shape,
                 sum(one.values for one in parts), size := sum(one.size_bytes for one in parts), size / total if total else 0.0)
            for kind, parts in groups.items()
        ]  # fmt: skip
        rows.sort(key=lambda row: -row.size_bytes)
        return Rows(rows, f"{self.name}: where the bytes go", ("name", "type", "size_bytes", "share"))

    def plot(self) -> Plot:
        """Where the bytes go, by kind of tensor."""
        rows = [{**asdict(row), "megabytes": row.size_bytes / 1e6, "size": human_bytes(row.size_bytes)} for row in self.by_kind()]
        encoding = {
            "x": {"field": "megabytes", "type": "quantitative", "title": "MB"},
            "y": {"field": "kind", "type": "nominal", "sort": "-x", "title": None, "axis": BARE},
            "color": {"field": "type", "type": "nominal"},
            "tooltip": [{"field": "name"}, {"field": "type"}, {"field": "size"}, {"field": "share", "format": ".1%"}],
        }
        title = headed(f"{self.name}: where the bytes go", "all layers together, by kind of tensor")
        return Plot({"title": title, "mark": "bar", "encoding": encoding, "width": 420}, rows, str(self.by_kind()))

    def map(self) -> Plot:
        """Every tensor as a field: layers across, kinds down, coloured by type; how large it is stands in the tooltip."""
        rows = [{**asdict(part), "layer": "outside" if part.layer is None else part.layer, "shape": str(part.shape)} for part in self]
        encoding = {
            "x": {"field": "layer", "type": "ordinal", **LAYERS}, "y": {"field": "kind", "type": "nominal", "title": None, **KINDS},
            "color": {"field": "type", "type": "nominal"},
            "tooltip": [{"field": name} for name in ("name", "type", "shape", "values", "size_bytes")],
        }  # fmt: skip
        layers = 1 + max((part.layer for part in self if part.layer is not None), default=-1)
        words = f"{self.name} has {layers} layers and {len(self):,} tensors of {sum(part.values for part in self):,} numbers."
        steps = {"width": {"step": 22}, "height": {"step": 18}}
        title = headed(f"{self.name}: the type of each tensor", "out: outside of the layers")
        return Plot({"title": title, "mark": "rect", "encoding": encoding, **steps}, rows, words)

    def histogram(self, tensor: str, bins: int = 60) -> Plot:
        """How the numbers of a tensor are spread; of a large one, those of some rows all over it.

        Raises: NotSupported for a tensor that is not there.
        """
        part = next((one for one in self if one.name == tensor), None)
        n_rows = part.values // part.shape[0] if part is not None and part.shape and part.shape[0] else 1
        step = max(1, n_rows // _SAMPLE_ROWS)
        if step == 1:
            numbers = self._ollama.numbers(self.name, tensor)
        else:
            numbers = np.concatenate([
                self._ollama.numbers(self.name, tensor, start=row, stop=row + 1) for row in range(0, n_rows, step)
            ])  # fmt: skip
        counts, edges = np.histogram(numbers, bins=bins)
        rows = [
            {"from": float(low), "to": float(high), "count": int(count)} for low, high, count in zip(edges, edges[1:], counts, strict=False)
        ]
        encoding = {
            "x": {"field": "from", "type": "quantitative", "bin": {"binned": True}, "title": "value"}, "x2": {"field": "to"},
            "y": {"field": "count", "type": "quantitative", "title": "numbers"},
        }  # fmt: skip
        spread = f"mean {numbers.mean():.4g}, standard deviation {numbers.std():.4g}"
        words = f"{tensor}: {spread}, from {numbers.min():.4g} to {numbers.max():.4g}."
        return Plot({"title": tensor, "mark": "bar", "encoding": encoding, "width": 420, "height": 200}, rows, words)

    def vocabulary(self, search: str = "", limit: int = 100) -> Rows[Piece]:
        """The tokens with this text in them, in any case; without one the first ones."""
        tokens = self.metadata.get("tokenizer.ggml.tokens", ())
        types = self.metadata.get("tokenizer.ggml.token_type", ())
        found = list(tokens.find(search)[:limit]) if search else list(range(min(limit, len(tokens))))
        rows = [Piece(number, tokens[number], _TOKEN_TYPES.get(types[number] if number < len(types) else 0, "")) for number in found]
        return Rows(rows, f"{self.name}: {len(tokens):,} tokens", ("id", "text", "reads", "type"))


def anatomy(name: str, *, ollama: Any = None) -> Anatomy:
    """The tensors, the metadata and the vocabulary of a model, without loading it.

        body = lab.anatomy("pocket")
        body.map(); body.plot(); body.histogram("blk.0.ffn_down.weight"); body.vocabulary("hello")

    Args:
        name: the model.
    Raises: ModelNotFound, NotSupported for a model whose weights are not here.
    """
    with opened(ollama) as asked:
        tensors = asked.tensors(name)
        total = sum(tensor.nbytes for tensor in tensors)
        parts = [
            Part(tensor.name, *place_of(tensor.name), tensor.type.name, tensor.shape, tensor.n_values, tensor.nbytes,
                 tensor.nbytes / total if total else 0.0)
            for tensor in tensors
        ]  # fmt: skip
        return Anatomy(asked, name, parts, asked.metadata(name))
