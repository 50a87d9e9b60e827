"""Special tokens: the ids of BOS, EOS and their kin, and whether text gets them in front and behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...gguf.values import Typed, flag, i32s, u32
from ..config import ConfigView
from .files import SPECIAL, TokenizerFiles, dicts

GENERATION = "generation_config.json"
KEYS = {
    "bos": "bos",
    "eos": "eos",
    "unk": "unknown",
    "sep": "seperator",
    "pad": "padding",
    "mask": "mask",
    "eot": "eot",
    "eom": "eom",
}  # fmt: skip (GGUF spells "seperator" so)


def special_keys(files: TokenizerFiles, config: ConfigView, ids: Mapping[str, int], size: int) -> dict[str, Typed]:
    """The ``*_token_id`` and ``add_*_token`` keys.

    Args:
        ids: text to id.
        size: ids from here on are of no token.
    """
    found = _ids(files, config, ids, size)
    adding, first, last = _added_by_template(files)
    if first is not None and first in ids:
        found.setdefault("bos", ids[first])
    if last is not None and last in ids and ids[last] != found.get("eos"):
        if "eos" in found:
            found.setdefault("eot", found["eos"])
        found["eos"] = ids[last]
    several = _eos_ids(files, config, found, size)
    ending = {found.get(kind) for kind in ("eos", "eot", "eom")}
    spare = [number for number in several if number not in ending]
    for name, number in zip([name for name in ("eot", "eom") if name not in found], spare, strict=False):
        found[name] = number  # llama.cpp stops at each of them
    keys = {f"tokenizer.ggml.{KEYS[kind]}_token_id": u32(number) for kind, number in found.items() if kind in KEYS}
    if len(several) > 1:
        keys["tokenizer.ggml.eos_token_ids"] = i32s(several)
    for kind in SPECIAL:
        wanted = files.config.get(f"add_{kind}_token")
        if isinstance(wanted, bool):
            adding.setdefault(kind, wanted)
    return keys | {f"tokenizer.ggml.add_{kind}_token": flag(value) for kind, value in adding.items() if kind in ("bos", "eos", "sep")}


def _ids(files: TokenizerFiles, config: ConfigView, ids: Mapping[str, int], size: int) -> dict[str, int]:
    """By the texts of tokenizer_config.json, else by the ids of config.json and generation_config.json."""
    generation = files.folder.json(GENERATION) or {}
    texts = files.special_texts()
    found = {}
    for kind in SPECIAL:
        candidates = (
            ids.get(texts[kind]) if kind in texts else None,
            *_numbers(config.raw.get(f"{kind}_token_id")),
            *_numbers(generation.get(f"{kind}_token_id")),
        )
        number = next((number for number in candidates if number is not None and number < size), None)
        if number is not None:
            found[kind] = number
    return found


def _eos_ids(files: TokenizerFiles, config: ConfigView, found: Mapping[str, int], size: int) -> list[int]:
    """Every token that ends an answer, the usual one first."""
    generation = files.folder.json(GENERATION) or {}
    first = [found["eos"]] if "eos" in found else []
    more = [*_numbers(generation.get("eos_token_id")), *_numbers(config.raw.get("eos_token_id"))]
    return list(dict.fromkeys(number for number in (*first, *more) if number < size))


def _numbers(held: Any) -> Iterator[int]:
    for number in held if isinstance(held, list) else (held,):
        if type(number) is int and number >= 0:
            yield number


def _added_by_template(files: TokenizerFiles) -> tuple[dict[str, bool], str | None, str | None]:
    """What the post-processor puts around a text, and the tokens it puts in front and behind.

    Source: SpecialVocab in gguf-py of llama.cpp, for the post-processors that decoders have.
    """
    adding: dict[str, bool] = {}
    texts = files.special_texts()
    begin, front, end = {texts.get("bos"), texts.get("cls")} - {None}, None, None
    for processor in _processors(files.part("post_processor")):
        kind = processor.get("type")
        if kind == "ByteLevel":
            adding.setdefault("bos", False)
            adding.setdefault("eos", False)
        elif kind == "RobertaProcessing":
            adding |= {"bos": True, "eos": True, "sep": True}
        elif kind == "TemplateProcessing":
            parts = list(dicts(processor.get("single")))
            first, last = (_special(parts[0]), _special(parts[-1])) if len(parts) > 1 else (None, None)
            if first is not None:
                adding["bos"], front = first in begin or not begin, first
            if last is not None:
                adding["eos"], end = True, last
            between = _between(processor, first, last)
            if between:
                separators = {texts.get("sep"), texts.get("eos")}
                adding["sep"] = (between[0] in separators and last is None) or (len(between) == 2 and between[1] in separators)
    return adding, front, end


def _between(processor: Mapping[str, Any], first: str | None, last: str | None) -> list[str | None]:
    """The special tokens that the template for two texts puts between them; None for one that is something else."""
    pair = list(dicts(processor.get("pair")))
    if pair and first is not None and _special(pair[0]) == first:
        pair = pair[1:]
    if pair and last is not None and _special(pair[-1]) == last:
        pair = pair[:-1]
    return [_special(part) for part in pair[1:-1]]


def _processors(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    inner = held.get("processors")
    for processor in inner if isinstance(inner, list) else [held]:
        if isinstance(processor, dict):
            yield processor


def _special(part: Mapping[str, Any]) -> str | None:
    held = part.get("SpecialToken")
    text = held.get("id") if isinstance(held, dict) else None
    return text if isinstance(text, str) else None
