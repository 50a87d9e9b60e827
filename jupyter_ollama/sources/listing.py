"""What lies in a folder, as somebody looks for a model there: subfolders and files with what they are.

Models are recognised by what is in them, everything else by its name. Only so much is looked at that a folder with very many entries, or
one on a slow disk, is told in a moment.
"""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

from ..errors import SourceError
from ..files import Entry, EntryKind, Folder
from ..sentences import Sentence
from .pick import ADAPTER_FILES
from .sniff import sniff

MOST_ENTRIES = 2000
MOST_SCANNED = 20_000
MOST_LOOKED_INTO = 300
"""So many folders and files of a folder are looked into; what comes behind them is told by its name alone."""
_IN_A_FOLDER = 200

_MODELFILE = re.compile(r"modelfile([._-].*)?|.*\.modelfile", re.IGNORECASE)
_WEIGHTS = re.compile(r"(model|consolidated).*\.safetensors|.*\.gguf")


def listing(folder: Path) -> Folder:
    """The folders and files of a folder, folders first, by name; hidden ones are left out, links are what they lead to.

    Raises: SourceError when it is no folder or cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            scanned = list(islice((entry for entry in entries if not entry.name.startswith(".")), MOST_SCANNED + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(
            Sentence("%1 cannot be listed: %2.", folder, Sentence.of(reason)), hint="Choose another folder.", path=folder
        ) from error
    shown = _sorted(scanned[:MOST_SCANNED])[:MOST_ENTRIES]
    looked = [_entry(entry, deep=number < MOST_LOOKED_INTO) for number, entry in enumerate(shown)]
    parent = folder.parent if folder.parent != folder else None
    return Folder(folder, parent, tuple(looked), cut=len(scanned) > MOST_ENTRIES)


def _sorted(entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    return sorted(entries, key=lambda entry: (not _is_folder(entry), entry.name.lower(), entry.name))


def _entry(entry: os.DirEntry[str], *, deep: bool) -> Entry:
    path = Path(entry.path)
    if _is_folder(entry):
        return Entry(entry.name, path, _kind_of_folder(path) if deep else "folder")
    return Entry(entry.name, path, _kind_of_file(path, deep=deep), _size(entry))


def _kind_of_folder(path: Path) -> EntryKind:
    try:
        with os.scandir(path) as entries:
            names = {entry.name for entry in islice(entries, _IN_A_FOLDER)}
    except OSError:
        return "folder"
    if names.intersection(ADAPTER_FILES) and "adapter_config.json" in names:
        return "adapter folder"
    weights = {name for name in names if _WEIGHTS.fullmatch(name)}
    return "model folder" if any(name.endswith(".gguf") for name in weights) or (weights and "config.json" in names) else "folder"


def _kind_of_file(path: Path, *, deep: bool) -> EntryKind:
    if _MODELFILE.fullmatch(path.name):
        return "modelfile"
    if not deep:
        return "gguf" if path.suffix.lower() == ".gguf" else "file"
    if path.suffix.lower() not in (".gguf", ".bin", "") and not path.name.startswith("sha256-"):
        return "file"
    try:
        return "gguf" if sniff(path) == "gguf" else "file"
    except SourceError:  # not ours to read, a link to nowhere, or no ordinary file
        return "file"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return 0
