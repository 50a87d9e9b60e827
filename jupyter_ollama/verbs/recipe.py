"""``recipe``: a Modelfile to begin with, for what somebody has chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..json_file import read_json, read_small
from ..modelfile import Modelfile
from ..modelfile.command import ROLES
from ..modelfile.encoding import clean, decode
from ..models import ModelInfo
from ..options import known_options
from ..sources import detect, locate
from ..sources.sniff import sniff

MAX_MODELFILE_BYTES = 1 << 20


def of_path(source: str, base_dir: Path) -> str | None:
    """For a folder or a file: FROM it; for an adapter: FROM what it was trained on, and ADAPTER; a Modelfile as it is. None when there is
    neither.

    Raises: SourceError for a file or folder of which no model can be made; ModelfileError for one that is no text.
    """
    path = locate(source, base_dir)
    if path is None:
        return None
    if path.is_file() and sniff(path) in ("text", "empty"):
        return clean(decode(read_small(path, SourceError, MAX_MODELFILE_BYTES)))
    if detect(path) == "adapter":
        return str(Modelfile.build(_base_of(path), adapter=path))
    return str(Modelfile.build(path))


def of_model(info: ModelInfo) -> str:
    """For a model: FROM it, and what it says of itself, to be changed. Template and licences it passes on without a word."""
    turns = [turn for turn in info.messages if turn.role in ROLES]
    name = info.name.removesuffix(":latest")
    return str(Modelfile.build(name, system=info.system or None, parameters=known_options(info.parameters), messages=turns))


def _base_of(adapter: Path) -> str:
    """The model that an adapter says it was trained on; a name to be replaced if it says nothing."""
    folder = adapter if adapter.is_dir() else adapter.parent
    try:
        held: Any = read_json(folder / "adapter_config.json").get("base_model_name_or_path")
    except SourceError:
        held = None
    return held if isinstance(held, str) and held.strip() and "\n" not in held else "llama3.2"
