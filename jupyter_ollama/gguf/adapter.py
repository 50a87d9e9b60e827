"""Whether a LoRA adapter belongs to a model: of the same architecture, and for each of its pairs the model has a weight of that shape.

    <weight>.lora_a   row length of the weight, rank [, experts]        ggml order
    <weight>.lora_b   rank, rows of the weight [, experts]

The pair of ``token_embd.weight`` is different: its rows are looked up, so A is (rank, tokens). llama.cpp asks the same when it loads an
adapter, but for embeddings that are the output layer as well: there it aborts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..errors import SourceError
from ..sentences import Sentence
from .index import GGUFIndex
from .values import ValueType

Shape = tuple[int, ...]

_EMBEDDINGS = "token_embd.weight"
_AGAIN = "Convert or download the adapter again."
_OTHER_MODEL = "Use FROM with the model that it was trained on."


def check_adapter(index: GGUFIndex, base: GGUFIndex) -> None:
    """Check a GGUF adapter against the model it is for.

    Raises: SourceError.
    """
    kind, alpha = index.text("adapter.type"), index.metadata.typed.get("adapter.lora.alpha")
    if kind != "lora":
        raise _refused(index.path, Sentence("is an adapter of the type %1, but only lora can be used", repr(kind)), _AGAIN)
    if alpha is not None and (alpha.type is not ValueType.FLOAT32 or not math.isfinite(alpha.value)):
        raise _refused(index.path, Sentence("has the alpha %1, which is no float", repr(alpha.value)), _AGAIN)
    if "adapter.alora.invocation_tokens" in index.metadata:
        raise _refused(index.path, "is an activated LoRA, which works behind some tokens only", "Use the model without it.")
    check_fits(index.path, index.architecture, {tensor.name: tensor.shape for tensor in index.tensors}, base)


def check_fits(path: object, architecture: str, shapes: Mapping[str, Shape], base: GGUFIndex) -> None:
    """Check the tensors of an adapter by name and shape (ggml order). Norms, which llama.cpp leaves out, may be among them.

    Args:
        path: what the user knows the adapter by.
    Raises: SourceError naming the first tensor that does not fit.
    """
    if architecture != base.architecture:
        raise _refused(
            path,
            Sentence("is an adapter for the architecture %1, but the model of FROM is %2", repr(architecture), repr(base.architecture)),
        )  # fmt: skip
    weights = {name.removesuffix(end) for name in shapes for end in (".lora_a", ".lora_b") if name.endswith(end)}
    alone = [name for name in shapes if not name.endswith((".lora_a", ".lora_b", "_norm.weight"))]
    if alone or not weights:
        what = Sentence("has the tensor %1, which is no part of a LoRA", repr(alone[0])) if alone else "has no LoRA tensors"
        raise _refused(path, what, _AGAIN)
    for weight in sorted(weights):
        _check_pair(path, weight, shapes.get(f"{weight}.lora_a"), shapes.get(f"{weight}.lora_b"), base)


def _check_pair(path: object, weight: str, a: Shape | None, b: Shape | None, base: GGUFIndex) -> None:
    if a is None or b is None:
        raise _refused(path, Sentence("has only one half of the pair for %1", weight), _AGAIN)
    held = base.tensor(weight)
    if held is None:
        raise _refused(path, Sentence("changes %1, which the model of FROM does not have", weight))
    if weight == _EMBEDDINGS and base.tensor("output.weight") is None:
        what = "changes token_embd.weight, which is the output layer of the model of FROM as well; llama.cpp cannot do that"
        raise _refused(path, what, "Merge this adapter into its model first.")
    if len(a) < 2 or len(a) != len(b):
        raise _refused(path, Sentence("has a pair of the shapes %1 and %2 for %3", list(a), list(b), weight), _AGAIN)
    rank, wanted = (a[0], (b[1], a[1], *a[2:])) if weight == _EMBEDDINGS else (a[1], (a[0], b[1], *a[2:]))
    if not rank or rank != b[0] or a[2:] != b[2:]:
        raise _refused(path, Sentence("has a pair of the shapes %1 and %2 for %3", list(a), list(b), weight), _AGAIN)
    if wanted != held.shape:
        raise _refused(
            path, Sentence("is for a model whose %1 is %2, but in the model of FROM it is %3", weight, _size(wanted), _size(held.shape))
        )


def _size(shape: Shape) -> str:
    return " x ".join(map(str, shape))


def _refused(path: object, what: str, hint: str = _OTHER_MODEL) -> SourceError:
    return SourceError(Sentence("%1 %2.", path, Sentence.of(what)), hint=hint, path=path)
