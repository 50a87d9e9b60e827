"""LoRA adapters over the weights of one model: each is loaded once, when it is first asked for, and counts for the requests that want it.

Which adapters are in force holds for a whole evaluation. Requests that want others take turns, and what was evaluated with some adapters
is of no use with others.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import LoadError, OllamaError, OptionError
from ...gguf import GGUFIndex, read_index, read_shards, whole
from ...gguf.adapter import check_adapter
from ...sentences import Sentence
from .llama import lib
from .log import Log

_HINT = "An adapter must be a LoRA that was made for this very model."
Scaled = tuple[Path, float]


@dataclass(frozen=True, eq=False)
class AdapterSet:
    """Adapters that count together, each with its scale. There is one object for each combination: ``is`` compares them."""

    adapters: tuple[Scaled, ...]
    handles: tuple[Any, ...]

    @property
    def native(self) -> tuple[Any, int, Any]:
        """What llama.cpp is given: handles, how many, scales."""
        count = len(self.handles)
        handles = (lib.llama_adapter_lora_p_ctypes * max(count, 1))(*self.handles)
        return handles, count, (ctypes.c_float * max(count, 1))(*(scale for _, scale in self.adapters))


class Adapters:
    """All adapters of a model that are loaded, and which of them are in force.

    Args:
        handle: the model's, ``context`` that in which they count.
        paths: the files of its weights.
    """

    def __init__(self, name: str, handle: Any, context: Any, paths: Sequence[Path], log: Log) -> None:
        self.none = AdapterSet((), ())
        self._name, self._handle, self._context = name, handle, context
        self._paths, self._log = paths, log
        self._loaded: dict[Path, Any] = {}
        self._sets: dict[tuple[Scaled, ...], AdapterSet] = {(): self.none}
        self._in_force = self.none
        self._base: GGUFIndex | None = None

    def load(self, wanted: Iterable[Scaled]) -> AdapterSet:
        """The adapters that a request wants. Those with a scale of 0 do not count.

        Raises: LoadError when one is not for this model, OptionError for a scale that is no number.
        """
        key = tuple((path, scale) for path, scale in wanted if scale)
        found = self._sets.get(key)
        if found is None:
            for path, scale in key:
                if not math.isfinite(scale):
                    raise OptionError(Sentence("adapter_scale needs a number, not %1.", scale), option="adapter_scale", value=scale)
                if path not in self._loaded:
                    self._loaded[path] = self._load(path)
            found = self._sets[key] = AdapterSet(key, tuple(self._loaded[path] for path, _ in key))
        return found

    def use(self, wanted: AdapterSet) -> None:
        """Put these in force for the next evaluation, and no others. Raises: LoadError."""
        if wanted is self._in_force:
            return
        if lib.llama_set_adapters_lora(self._context, *wanted.native):
            raise self._refused(Sentence("the adapters of %1", self._name), self._log.reason() or "no reason given", wanted.adapters[0][0])
        self._in_force = wanted

    def _load(self, path: Path) -> Any:
        try:
            self._base = self._base or whole(read_shards(*self._paths))
            check_adapter(read_index(path), self._base)  # llama.cpp would end the process for some of what this finds
        except OllamaError as error:
            raise self._refused(Sentence("the adapter %1", path.name), error.message.removeprefix(f"{path} ").rstrip("."), path) from error
        handle = lib.llama_adapter_lora_init(self._handle, str(path).encode())
        if not handle:
            raise self._refused(Sentence("the adapter %1", path.name), self._log.reason() or "no reason given", path)
        return handle

    def _refused(self, what: str, why: str, path: Path) -> LoadError:
        return LoadError(
            Sentence("llama.cpp does not load %1 of %2: %3.", Sentence.of(what), self._name, Sentence.of(why)), hint=_HINT, name=self._name,
            path=path, log=list(self._log.errors),
        )  # fmt: skip
