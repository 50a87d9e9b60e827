"""An importance matrix put beside the tensors it is about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ....errors import SourceError
from ....gguf.imatrix import Imatrix
from ....sentences import Sentence
from .targets import Target, Targets

# Nothing measures what they meet: llama.cpp's tool leaves them out, and a size that differs does not matter.
_UNMEASURED = ("token_embd.weight", "per_layer_token_embd.weight", "output.weight")


def weighted(targets: Targets, imatrix: Imatrix, path: Path) -> Targets:
    """The tensors that are quantized with what is said of them; a note when some are not in the matrix.

    Raises: SourceError when the matrix was made from another model.
    """
    tensors = tuple(_weighted(target, imatrix, path) for target in targets.tensors)
    concerned = [target for target in tensors if _is_concerned(target)]
    if concerned and not any(target.importance is not None for target in concerned):
        raise _other_model(imatrix, path, "it names none of the tensors to be quantized")
    return replace(targets, tensors=tensors, notes=(*targets.notes, *_missing(concerned, imatrix)))


def _weighted(target: Target, imatrix: Imatrix, path: Path) -> Target:
    means = imatrix.means.get(target.name)
    if means is None or target.type is target.source.type:
        return target
    shape = target.source.shape
    if len(shape) > 3 or means.size != shape[0] * math.prod(shape[2:]):
        if target.name in _UNMEASURED:
            return target
        raise _other_model(
            imatrix, path,
            Sentence("%1 has %2 columns, the matrix %3", target.name, f"{shape[0] * math.prod(shape[2:]):,}", f"{means.size:,}"),
        )  # fmt: skip
    return replace(target, importance=means)


def _is_concerned(target: Target) -> bool:
    return target.type is not target.source.type and target.name not in _UNMEASURED


def _missing(concerned: list[Target], imatrix: Imatrix) -> Iterator[str]:
    missing = [target.name for target in concerned if target.importance is None]
    if missing:
        yield (
            Sentence(
                "%1 says nothing of %2 of %3 tensors (%4 first): they are quantized as without it.",
                imatrix.path.name, len(missing), len(concerned), missing[0],
            )
        )


def _other_model(imatrix: Imatrix, path: Path, why: str) -> SourceError:
    return SourceError(
        Sentence("the importance matrix %1 does not belong to %2: %3.", imatrix.path, path, Sentence.of(why)),
        hint="Make one from this model.", path=imatrix.path,
    )  # fmt: skip
