"""Types that the user chose for some tensors, checked against the tensors there are."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from ....errors import QuantizationError
from ....gguf import Plan
from ....gguf.types import FLOATS
from ....quantization import TENSOR_TYPES, TensorChoice
from ....sentences import Sentence

_LAYER = re.compile(r"^blk\.\d+\.|\.weight$")


def check_choices(choices: Iterable[TensorChoice], plan: Plan, path: Path, *, requantize: bool = False) -> None:
    """Raises: QuantizationError when a pattern is found in no name, in those of tensors that are never quantized only, or in that of one
    that is quantized already.
    """
    for choice in choices:
        found = [tensor for tensor in plan.tensors if re.search(choice.pattern, tensor.name)]
        if not found:
            hint = _hint(choice.pattern, [tensor.name for tensor in plan.tensors])
            raise _refused(choice, path, Sentence("is found in no tensor's name of %1", path), hint)
        packed = next((one for one in found if one.type not in FLOATS and one.type.name != choice.type), None)
        if packed is not None and not requantize:
            what = Sentence("means %1, which is %2 already", packed.name, packed.type.name)
            raise _refused(choice, path, what, "Leave it as it is, or say requantize (--requantize) and accept the loss.")
        if packed is None and all(one.keep for one in found):
            raise _refused(
                choice, path, Sentence("is found only in names of tensors that are never quantized (%1)", found[0].name), "Leave it out."
            )


def _hint(pattern: str, names: list[str]) -> str:
    short = list(dict.fromkeys(_LAYER.sub("", name) for name in names if name.endswith(".weight")))
    wanted = re.sub(r"[^a-z0-9_]+", "", re.sub(r"\\.|blk|weight", "", pattern))
    near = difflib.get_close_matches(wanted, short, n=3, cutoff=0.5)
    return Sentence("Near it are %1.", ", ".join(near)) if near else Sentence("Names are %1.", ", ".join(short[:12]))


def _refused(choice: TensorChoice, path: Path, what: str, hint: str) -> QuantizationError:
    return QuantizationError(
        Sentence("the pattern %1 for %2 %3.", repr(choice.pattern), choice.type, Sentence.of(what)), hint=hint, path=path,
        quantize=choice.pattern, supported=TENSOR_TYPES,
    )  # fmt: skip
