"""What a create can say of a model beside its Modelfile: fields of its config that replace what the weights tell."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import OptionError
from ..manifest import Config
from ..sentences import Sentence

_TEXTS = {"model_family": "model_family", "base_name": "base_name", "quantization_level": "file_type", "parameter_size": "model_type"}
_COUNTS = ("context_length", "embedding_length")
_MOST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Info:
    """Checked fields. ``capabilities`` are added to those there are."""

    fields: Mapping[str, str | int] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> Info:
        """Check what somebody gave.

        Raises: OptionError for a field that does not exist or a value of the wrong kind.
        """
        fields: dict[str, str | int] = {}
        capabilities: tuple[str, ...] = ()
        for name, value in (given or {}).items():
            if name in _TEXTS:
                fields[_TEXTS[name]] = _text(name, value)
            elif name in _COUNTS:
                fields[name] = _count(name, value)
            elif name == "capabilities":
                capabilities = _texts(name, value)
            else:
                raise _unknown(name)
        return cls(fields, capabilities)

    def over(self, config: Config) -> Config:
        """The config with these fields; empty ones leave what is there."""
        held: dict[str, Any] = {name: value for name, value in self.fields.items() if value}
        return replace(config, **held, capabilities=tuple(dict.fromkeys((*config.capabilities, *self.capabilities))))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "a string", 'Write it in quotes, such as "8B".')
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _wrong(name, value, "a list of strings", 'Write for example ["tools", "vision"].')
    return tuple(value)


def _count(name: str, value: Any) -> int:
    hint = "Write for example 4096."
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name, value, "a number", hint)
    if not math.isfinite(value) or value != int(value) or not 0 <= value <= _MOST:
        raise _wrong(name, value, "a non-negative integer", hint)
    return int(value)


def _wrong(name: str, value: Any, kind: str, hint: str) -> OptionError:
    text = Sentence('info field "%1" must be %2', name, Sentence.of(kind))
    return OptionError(Sentence("%1, not %2.", text, repr(value)), hint=hint, option=name, value=value, text=text)


def _unknown(name: str) -> OptionError:
    known = [*_TEXTS, *_COUNTS, "capabilities"]
    near = difflib.get_close_matches(name, known, n=1)
    hint = Sentence("Did you mean %1?", near[0]) if near else Sentence("Fields are %1.", ", ".join(known))
    return OptionError(Sentence("info has no field %1.", repr(name)), hint=hint, option=name, near=near)
