"""Which files of a folder make a model. The first group that has files wins:

    model*.safetensors (here and one folder down), consolidated*.safetensors     safetensors, with config.json and the tokenizer
    *.gguf, then *.bin files that are GGUF inside                                gguf
    adapter_model.safetensors, adapters.safetensors                              adapter, for ADAPTER only

The parts of a split GGUF are put together by their metadata (``gguf.gather``). PyTorch checkpoints are recognised in order to say
that they have to be converted. A link may not lead out of the folder, except from a snapshot in a Hugging Face cache, or a folder in
one, to that cache's own blobs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from ..errors import SourceError
from ..sentences import Sentence
from .sniff import not_a_model, sniff

SourceKind = Literal["gguf", "safetensors", "adapter"]

ADAPTER_FILES = ("adapter_model.safetensors", "adapters.safetensors")
_PYTORCH = ("pytorch_model*.bin", "consolidated*.pth", "adapter_model.bin")
_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.safetensors")
_NOTHING = "no Modelfile or safetensors files found"


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files that make one model or adapter.

    Args:
        folder: where they are.
        weights: the files with the tensors, sorted.
        extras: configuration, tokenizer and chat template, sorted; empty for GGUF.
    """

    kind: SourceKind
    folder: Path
    weights: tuple[Path, ...]
    extras: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        return self.weights + self.extras


def detect(path: Path) -> SourceKind:
    """What kind of source a file or folder is.

    Raises: SourceError if it is none.
    """
    if _is_folder(path) and _matching(path, *ADAPTER_FILES) and not _model_weights(path):
        return "adapter"
    return pick_files(path, adapter=path.name in ADAPTER_FILES).kind


def pick_files(path: Path, *, adapter: bool = False) -> SourceFiles:
    """The files of the model in a folder; a safetensors file means itself, with its other shards and the configuration beside it.

    Args:
        adapter: look for an adapter (LoRA), not for a model.
    Raises: SourceError if there is no usable model, says why, and what to do.
    """
    path = Path(path)
    if not _is_folder(path):
        return _from_file(path, adapter)
    return (_adapter(path) if adapter else _safetensors(path)) or _gguf(path) or _refuse(path, adapter)


def _from_file(path: Path, adapter: bool) -> SourceFiles:
    content = sniff(path)
    if content == "gguf":
        return SourceFiles("gguf", path.parent, (path,))
    if content != "safetensors":
        raise not_a_model(path, content)
    if adapter or path.name in ADAPTER_FILES:
        return _complete("adapter", path.parent, [path])
    return _complete("safetensors", path.parent, list(_with_shards(path)))


def _safetensors(folder: Path) -> SourceFiles | None:
    weights = _model_weights(folder)
    return _complete("safetensors", folder, _inside(folder, weights)) if weights else None


def _adapter(folder: Path) -> SourceFiles | None:
    weights = _matching(folder, *ADAPTER_FILES)[:1]
    if not weights and (folder / "adapter_config.json").exists():
        weights = _model_weights(folder)
    return _complete("adapter", folder, _inside(folder, weights)) if weights else None


def _model_weights(folder: Path) -> list[Path]:
    top = _matching(folder, "model*.safetensors")
    if top:
        return top + [path for below in _folders(folder) for path in _matching(below, "model*.safetensors")]
    return _matching(folder, "consolidated*.safetensors")


def _gguf(folder: Path) -> SourceFiles | None:
    weights = _matching(folder, "*.gguf")
    for path in _inside(folder, weights):
        if (content := sniff(path)) != "gguf":
            raise not_a_model(path, content)
    if not weights:
        weights = [path for path in _inside(folder, _matching(folder, "*.bin")) if sniff(path) == "gguf"]
    return SourceFiles("gguf", folder, tuple(weights)) if weights else None


def _complete(kind: SourceKind, folder: Path, weights: list[Path]) -> SourceFiles:
    """Check safetensors weights, and add the files that are needed to read them."""
    for path in weights:
        content = sniff(path)
        if content in ("lfs", "html", "text", "empty", "zip", "pickle", "gguf"):
            raise not_a_model(path, content)
    _check_shards(folder, weights)
    config = "adapter_config.json" if kind == "adapter" else "config.json"
    if not (folder / config).is_file():
        raise _without_config(folder, config)
    return SourceFiles(kind, folder, tuple(sorted(weights)), tuple(sorted(_extras(folder))))


def _extras(folder: Path) -> list[Path]:
    texts = _matching(folder, "*.json", "chat_template.jinja")
    for path in _inside(folder, texts):
        if (content := sniff(path)) not in ("text", "empty"):
            raise SourceError(
                Sentence("%1 should be a text file, but its content is %2.", path, content), hint="Download it again.", path=path,
                text=f"invalid content type: expected {content} for {path}",
            )  # fmt: skip
    below = [path for sub in _folders(folder) for path in _matching(sub, "*.json")]
    texts += [path for path in _inside(folder, below) if sniff(path) in ("text", "empty")]
    tokenizer = _matching(folder, "tokenizer.model") or [
        path for sub in _folders(folder) for path in _matching(sub, "tokenizer.model")
    ]
    return texts + _inside(folder, tokenizer)


def _refuse(folder: Path, adapter: bool) -> SourceFiles:
    """Say why there is no model in a folder.

    Raises: SourceError, always.
    """
    what = Sentence("%1 in %2.", Sentence.of(_NOTHING), folder)
    hint = "FROM takes a folder with model.safetensors and config.json, or with a GGUF file."
    checkpoints = [path for path in _inside(folder, _matching(folder, *_PYTORCH)) if sniff(path) in ("zip", "pickle")]
    if checkpoints:
        what = Sentence("%1 has only a PyTorch checkpoint (%2): %3.", folder, checkpoints[0].name, Sentence.of(_NOTHING))
        hint = "Save the model again as safetensors: model.save_pretrained(folder, safe_serialization=True)."
    elif not adapter and _matching(folder, *ADAPTER_FILES):
        what = Sentence("%1 has an adapter (LoRA), not a model: %2.", folder, _NOTHING)
        hint = "Write FROM and the model it was trained on, then ADAPTER and this folder."
    elif adapter:
        what = Sentence("no adapter (LoRA) found in %1.", folder)
        hint = "ADAPTER takes a folder with adapter_model.safetensors and adapter_config.json, or a GGUF adapter."
    elif others := _matching(folder, "*.safetensors"):
        what = Sentence("%1 has %2, but a model's weights are called model.safetensors: %3.", folder, others[0].name, _NOTHING)
        hint = "Rename the file, or name it itself instead of the folder."
    raise SourceError(what, hint=hint, path=folder, text=_NOTHING)


def _without_config(folder: Path, config: str) -> SourceError:
    hint = "Download the whole folder of the model, not only its weights."
    if config == "config.json" and (folder / "params.json").exists():
        hint = "params.json is another format; get the same model in the Hugging Face (transformers) format."
    return SourceError(Sentence("%1 has no %2, which says how to read its weights.", folder, config), hint=hint, path=folder / config)


def _with_shards(path: Path) -> tuple[Path, ...]:
    """A file and the other parts of the same split model."""
    name = _SHARD.fullmatch(path.name)
    if not name:
        return (path,)
    shards = [other for other in _matching(path.parent, f"*-of-{name[3]}.safetensors") if _same_split(other, name)]
    _check_shards(path.parent, shards)
    return tuple(shards)


def _same_split(path: Path, name: re.Match[str]) -> bool:
    other = _SHARD.fullmatch(path.name)
    return other is not None and other.group(1, 3) == name.group(1, 3)


def _check_shards(folder: Path, weights: Iterable[Path]) -> None:
    """All parts of a split model have to be there.

    Raises: SourceError that names the first missing one.
    """
    present: dict[tuple[Path, str, str], set[int]] = {}
    for path in weights:
        if name := _SHARD.fullmatch(path.name):
            present.setdefault((path.parent, name[1], name[3]), set()).add(int(name[2]))
    for (parent, prefix, total), numbers in present.items():
        missing = next((number for number in range(1, int(total) + 1) if number not in numbers), None)
        if missing is not None:
            path = parent / f"{prefix}-{missing:05d}-of-{total}.safetensors"
            raise SourceError(Sentence("%1 is missing in %2.", path.name, folder), hint="Download all parts of the model.", path=path)


def _matching(folder: Path, *patterns: str) -> list[Path]:
    """The files of a folder that fit a pattern, sorted; hidden ones are left out, links count as what they are called."""
    found = [path for path in _entries(folder) if any(fnmatchcase(path.name, pattern) for pattern in patterns)]
    return [path for path in found if not _is_folder(path)]


def _folders(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if _is_folder(path)]


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises where a folder may not be entered)


def _entries(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in sorted(os.listdir(folder)) if not name.startswith(".")]  # noqa: PTH208 (names are enough)
    except OSError as error:
        raise SourceError(
            Sentence("%1 cannot be read: %2.", folder, error.strerror), hint="Check the path and its permissions.", path=folder
        ) from error


def _inside(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """The same paths, if none of them leads out of the folder.

    Raises: SourceError for a link to somewhere else, or to nowhere.
    """
    paths = list(paths)
    root = _real(folder)
    allowed = [root, *(place.parent.parent / "blobs" for place in (root, root.parent) if place.parent.name == "snapshots")]
    for path in paths:
        target = _real(path)
        if not any(target.is_relative_to(place) for place in allowed):
            relative = path.relative_to(folder)
            hint = "Copy the file into the folder; links may not lead out of it."
            if ".cache" in target.parts or ".cache" in str(relative):
                hint = "Use --local-dir <dir> when downloading model to disable caching"
            raise SourceError(
                Sentence("insecure path: %1 is a link to %2.", relative, target), hint=hint, path=path, text=f"insecure path: {relative}"
            )
        if not target.exists():
            raise SourceError(
                Sentence("%1 is a link to %2, which does not exist.", path, target), hint="Download the model again.", path=path
            )
    return paths


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve it bears links in a circle
