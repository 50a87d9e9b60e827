"""How models are related: what two of them share and where they differ, and which layers the models of a store have in common."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..cards import Card
from ..render import human_bytes
from ..render.markup import element, facts, folded, page, section
from .differing import lines_html
from .opened import opened
from .plot import Plot
from .rows import Rows
from .ties import ties


@dataclass(frozen=True)
class TensorChange:
    """A tensor that is not the same in two models. ``first`` and ``second`` say what it is there; empty where it is not."""

    name: str
    first: str
    second: str


class Difference:
    """Two models: the layers they share, what a Modelfile says differently, and tensor by tensor."""

    def __init__(self, first: str, second: str, shared: Sequence[Any], modelfile: str, tensors: Sequence[TensorChange]) -> None:
        self.first, self.second, self.shared, self.modelfile = first, second, tuple(shared), modelfile
        self.tensors = Rows(tensors, f"{len(tensors):,} tensors differ")

    def __repr__(self) -> str:
        return f"<Difference of {self.first} and {self.second}: {len(self.shared)} shared layers, {len(self.tensors)} tensors differ>"

    def _facts(self) -> dict[str, str]:
        shared = sum(layer.size_bytes for layer in self.shared)
        kinds = ", ".join(dict.fromkeys(layer.kind for layer in self.shared))
        return {"shared": f"{human_bytes(shared)}: {kinds}" if kinds else "nothing", "tensors that differ": f"{len(self.tensors):,}"}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What they share, what a Modelfile of the second one says differently, and the tensors."""
        title = f"{self.first} and {self.second}"
        told = Card(title, rows=self._facts())
        tensors = self.tensors._repr_mimebundle_() if len(self.tensors) else {"text/plain": "", "text/html": ""}
        text = "\n\n".join(part for part in (str(told), self.modelfile, tensors["text/plain"]) if part)
        parts = (element("strong", title), facts(self._facts().items()), section("Modelfile", lines_html(self.modelfile)))
        return {"text/plain": text, "text/html": page(*parts, folded("Tensors", tensors["text/html"]))}


def diff(first: str, second: str, *, ollama: Any = None) -> Difference:
    """What two models share and where they differ.

        lab.diff("mario", "mario:small")

    Args:
        first, second: their names.
    Raises: ModelNotFound.
    """
    with opened(ollama) as asked:
        one, other = asked.show(first), asked.show(second)
        theirs = {layer.digest for layer in other.layers}
        shared = [layer for layer in one.layers if layer.digest in theirs]
        lines = difflib.unified_diff(_lines(one), _lines(other), first, second, lineterm="", n=0)
        same_weights = any(layer.kind == "model" for layer in shared)
        changes = [] if same_weights else _changes(asked.tensors(first), asked.tensors(second))
        return Difference(first, second, shared, "\n".join(lines), changes)


def _lines(info: Any) -> list[str]:
    """A Modelfile without where its weights lie, which is a matter of this store."""
    return [line for line in info.modelfile.splitlines() if not line.startswith(("FROM ", "ADAPTER ", "#"))]


def _changes(first: Any, second: Any) -> list[TensorChange]:
    one, other = ({tensor.name: f"{tensor.type.name} {'x'.join(map(str, tensor.shape))}" for tensor in held} for held in (first, second))
    names = list(dict.fromkeys([*one, *other]))
    return [TensorChange(name, one.get(name, ""), other.get(name, "")) for name in names if one.get(name) != other.get(name)]


@dataclass(frozen=True)
class Relative:
    """A model of the store. ``shared_with``: those that have layers of it; ``frees_bytes``: what removing it alone would free."""

    name: str
    size_bytes: int
    frees_bytes: int
    shared_with: tuple[str, ...]
    weights: str


class Lineage(Rows[Relative]):
    """The models of a store by the layers they share."""

    def __init__(self, models: Sequence[Relative], held: Sequence[dict[str, Any]]) -> None:
        super().__init__(models, f"{len(models):,} models", ("name", "weights", "size_bytes", "frees_bytes", "shared_with"))
        self._held = held

    def plot(self) -> Plot:
        """Models at the left, layers at the right: lines lead to what a model is made of."""
        return ties(self._held, str(self))


def lineage(*, ollama: Any = None) -> Lineage:
    """Which models of the store are made of the same layers, and what each would free if it were removed.

        found = lab.lineage()
        found.plot()

    Raises: NotSupported where the store is elsewhere.
    """
    with opened(ollama) as asked:
        infos = [asked.show(summary.name) for summary in asked.list()]
        holders: dict[str, list[str]] = {}
        for info in infos:
            for layer in info.layers:
                holders.setdefault(layer.digest, []).append(info.name)
        models, held = [], []
        for info in infos:
            relatives = dict.fromkeys(name for layer in info.layers for name in holders[layer.digest] if name != info.name)
            weights = next((layer.digest.removeprefix("sha256:")[:12] for layer in info.layers if layer.kind == "model"), "")
            models.append(Relative(info.name, info.size_bytes, asked.removal(info.name).freed_bytes, tuple(relatives), weights))
            held += [
                {"model": info.name, "kind": layer.kind, "digest": layer.digest, "size_bytes": layer.size_bytes,
                 "held_by": len(set(holders[layer.digest]))}
                for layer in info.layers
            ]  # fmt: skip
        return Lineage(models, held)
