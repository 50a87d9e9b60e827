"""From an adapter folder and the GGUF of its model to a `Plan` of a GGUF LoRA, which fits that model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from ...errors import SourceError
from ...gguf import GGUFIndex, Plan
from ...gguf.adapter import check_fits
from ...gguf.values import f32, text
from ...safetensors import read_folder
from ...sentences import Sentence
from ..card import Numbers, general_keys
from ..config import ConfigView
from ..derived import Multiplied
from ..folder import Folder
from ..names import NameMap, place
from ..ops import transpose
from ..plan import Files
from ..records import Arch, Rule
from ..rows import PlannedTensor, Rows
from ..rules import Rules
from .base import arch_of, config_of, rules_of
from .pairs import Pair, pairs_of
from .settings import read_settings

MAX_BLOCKS = 512


def plan_adapter(files: Files, base: GGUFIndex) -> Plan:
    """Plan the conversion of an adapter. Only headers and small files are read; its numbers become F32, as they are exact in.

    Raises: SourceError (SafetensorsError) when the adapter cannot be converted or is for another model.
    """
    folder = files.folder
    settings = read_settings(folder)
    arch = arch_of(base, folder)
    config = config_of(base, arch, folder)
    source = read_folder(folder, files.weights)
    pairs = pairs_of(source, folder, config)
    alphas = {pair.module: settings.alpha_of(pair.module, pair.rank) for pair in pairs}
    alpha = Counter(alphas.values()).most_common(1)[0][0]
    tensors = _tensors([_counting(pair, alphas[pair.module] / alpha) for pair in pairs], arch, config, folder)
    check_fits(folder, arch.name, {tensor.name: tensor.shape for tensor in tensors}, base)
    metadata = {
        "general.architecture": text(arch.name),
        **general_keys(Folder(folder), {}, Numbers(-_changed(tensors)), ()),
        "general.type": text("adapter"),
        "adapter.type": text("lora"),
        "adapter.lora.alpha": f32(alpha),
    }
    types = Counter[str]()
    for tensor in source.values():
        types[tensor.dtype] += tensor.nbytes
    return Plan(metadata, tensors, types.most_common(1)[0][0], sum(types.values()))


def _counting(pair: Pair, share: float) -> Pair:
    """A pair that counts so much more than alpha says; where it is 1, the numbers stay what they are."""
    return pair if share == 1 else Pair(pair.module, pair.a, Multiplied(pair.b, float(np.float32(share))))


def _tensors(pairs: list[Pair], arch: Arch, config: ConfigView, folder: Path) -> tuple[PlannedTensor, ...]:
    """Both halves under the names of GGUF, sorted as a model uses them."""
    n_blocks = config.integer("@blocks")
    if not 1 <= n_blocks <= MAX_BLOCKS:
        raise config.fail(Sentence("the model of FROM has %1 blocks", n_blocks), "Check the model.")
    names = NameMap(arch.name, n_blocks)
    a = _placed(rules_of(arch, rows=False), {f"{pair.module}.weight": pair.a for pair in pairs}, config, names, folder)
    b = _placed(rules_of(arch, rows=True), {f"{pair.module}.weight": pair.b for pair in pairs}, config, names, folder)
    if "token_embd.weight" in a:  # its rows are looked up
        a["token_embd.weight"] = transpose(a["token_embd.weight"], "", config)
    found = []
    for name in sorted(b, key=place):
        found += [PlannedTensor(f"{name}.lora_a", a[name], keep=False), PlannedTensor(f"{name}.lora_b", b[name], keep=False)]
    return tuple(found)


def _placed(rules: tuple[Rule, ...], halves: Mapping[str, Rows], config: ConfigView, names: NameMap, folder: Path) -> dict[str, Rows]:
    """One half of all pairs by the GGUF names of their weights."""
    work, found, odd = Rules(rules, config), dict[str, Rows](), list[str]()

    def put(source: str, made: Iterable[tuple[str, Rows]]) -> None:
        for name, rows in made:
            target = names.gguf_name(name)
            if target is None or not target.endswith(".weight"):
                odd.append(source)
            elif target in found:
                raise SourceError(
                    Sentence("%1 changes %2 twice.", folder, target), hint="The adapter is damaged: get it again.", path=folder
                )
            else:
                found[target] = rows

    for name, rows in halves.items():
        put(name, work.applied(name, rows))
    for name, rows in work.stacked():
        put(name, ((name, rows),))
    odd += work.dropped
    if odd or (missing := work.missing()):
        shown = ", ".join(repr(name.removesuffix(".weight")) for name in (odd or missing)[:3])
        what = "changes what the model of FROM does not have" if odd else "changes some experts of a block only, and lacks"
        raise SourceError(
            Sentence("%1 %2: %3.", folder, Sentence.of(what), shown), hint="Use FROM with the model that it was trained on.", path=folder
        )
    return found


def _changed(tensors: tuple[PlannedTensor, ...]) -> int:
    """How many numbers the weights hold that are changed."""
    pairs = zip(tensors[::2], tensors[1::2], strict=True)
    return sum(math.prod(a.shape) // b.shape[0] * b.shape[1] for a, b in pairs)
