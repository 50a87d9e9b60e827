"""``complete``: what could stand at the cursor of somebody who writes a Modelfile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from .. import pocket
from ..editing import Completion, Completions, best
from ..errors import OllamaError, SourceError
from ..files import Entry
from ..modelfile.completion import Slot, candidates, slot
from ..models import ModelSummary
from ..sources import expand, listing

MOST = 200
_PATH = (".", "/", "~")
_MODELS = ("gguf", "model folder")
_ADAPTERS = ("gguf", "adapter folder")

Models = Callable[[], Iterable[ModelSummary]]


def complete(text: str, line: int, column: int, base_dir: Path, models: Models) -> Completions:
    """Offer instructions, parameters with their documentation, values, roles, models and files; near misses when nothing fits.

    Args:
        line, column: of the cursor, from 0; columns in characters. Beyond the text they mean its end.
        base_dir: where relative paths start.
        models: those that there are.
    """
    lines = text.split("\n")
    number = max(0, min(line, len(lines) - 1))
    before = lines[number][: max(0, column)]
    wanted = slot("\n".join([*lines[:number], ""]) if number else "", before)
    known = _known(wanted, base_dir, models)
    fits = best(wanted.fragment, known) if not wanted.fragment.startswith(_PATH) else [*known]
    return Completions(len(before) - len(wanted.fragment), tuple(known[label] for label in fits[:MOST]))


def _known(wanted: Slot, base_dir: Path, models: Models) -> dict[str, Completion]:
    """All that could stand there, by label."""
    if wanted.kind not in ("source", "file"):
        return {one.label: one for one in candidates(wanted)}
    kinds = _MODELS if wanted.kind == "source" else _ADAPTERS
    if wanted.fragment.startswith(_PATH):
        return {one.label: one for one in _paths(wanted.fragment, base_dir, kinds)}
    beside = _paths("./", base_dir, kinds, only=True)
    named = _models(models) if wanted.kind == "source" else []
    return {one.label: one for one in (*named, *beside)}


def _models(models: Models) -> list[Completion]:
    """Names, without a tag where it is the usual one and with it; pocket is always there."""
    try:
        found = list(models())
    except (OllamaError, OSError):
        found = []
    offers = [Completion(one.name, _about(one)) for one in found]
    short = [Completion(one.label.removesuffix(":latest"), one.detail) for one in offers]
    return [*short, Completion(pocket.NAME, "comes with the package"), *offers]


def _about(model: ModelSummary) -> str:
    details = model.details
    return " ".join(part for part in (details.family, details.parameter_size, details.quantization_level) if part)


def _paths(fragment: str, base_dir: Path, kinds: tuple[str, ...], *, only: bool = False) -> list[Completion]:
    """Files and folders whose path begins as this; ``only`` those that can be used as they are."""
    place, slash, begun = fragment.rpartition("/")
    if not slash:
        return [Completion(f"{fragment}/", "folder")] if fragment in (".", "..", "~") else []
    try:
        found = listing(expand(f"{place}/", base_dir)).entries
    except SourceError:
        return []
    wanted = (one for one in found if one.name.lower().startswith(begun.lower()))
    return [_path(f"{place}/", one) for one in wanted if one.kind in kinds or (not only and one.kind.endswith("folder"))]


def _path(place: str, entry: Entry) -> Completion:
    return Completion(place + entry.name + ("/" if entry.kind == "folder" else ""), entry.kind)
