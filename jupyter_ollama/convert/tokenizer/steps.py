"""The steps of a tokenizer.json, whose parts may be sequences of parts: what puts spaces in front of a text, what changes its letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...gguf.values import Typed, flag
from .files import TokenizerFiles, dicts

_INNER = ("normalizers", "pretokenizers", "processors")


def inner_steps(step: Any) -> Iterator[dict[str, Any]]:
    """A normalizer, pre-tokenizer or post-processor as its steps, in order, whatever sequences they are in."""
    waiting = [step]
    while waiting:
        step = waiting.pop()
        if not isinstance(step, dict):
            continue
        if step.get("type") != "Sequence":
            yield step
        for name in _INNER:
            waiting += reversed(list(dicts(step.get(name))))


def puts_space_in_front(files: TokenizerFiles) -> bool:
    """Whether text gets a space in front before it is split, which llama.cpp does unless told otherwise."""
    steps = [*inner_steps(files.json.get("normalizer")), *inner_steps(files.json.get("pre_tokenizer"))]
    return any(step.get("type") == "Prepend" or (step.get("type") == "Metaspace" and _prepends(step)) for step in steps)


def _prepends(step: dict[str, Any]) -> bool:
    return step.get("prepend_scheme", "always") != "never" and step.get("add_prefix_space", True) is not False


def letter_keys(files: TokenizerFiles) -> dict[str, Typed]:
    """Whether capitals and accents go, as far as the normalizer says it.

    Source: SpecialVocab in gguf-py of llama.cpp.
    """
    found: dict[str, Any] = {}
    for step in inner_steps(files.json.get("normalizer")):
        kind = step.get("type")
        if kind == "Lowercase":
            found["lowercase"] = True
        elif kind == "StripAccents":
            found["strip_accents"] = True
        elif kind == "BertNormalizer":
            found |= {name: step[name] for name in ("lowercase", "strip_accents") if name in step}
    return {f"tokenizer.ggml.normalizer.{name}": flag(value) for name, value in found.items() if isinstance(value, bool)}
