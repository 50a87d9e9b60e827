"""How an embedding model makes one vector of a text, as sentence-transformers writes it down.

modules.json    a list of steps with their folders; the one whose type ends with Pooling counts
1_Pooling/config.json    which kind of pooling

Source: _try_set_pooling_type in conversion/base.py of llama.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gguf import PoolingType

from ..sentences import Sentence
from .config import ConfigView
from .folder import Folder

MODULES = "modules.json"
MODES = {"mean": PoolingType.MEAN, "cls": PoolingType.CLS, "lasttoken": PoolingType.LAST}
_FLAGS = (("pooling_mode_mean_tokens", "mean"), ("pooling_mode_cls_token", "cls"), ("pooling_mode_lasttoken", "lasttoken"))
_FOLDER = re.compile(r"[\w-]{1,64}")


def pooling(config: ConfigView) -> int | None:
    """Mean, first or last token, as GGUF numbers them; None where the folder does not say it.

    Raises: SourceError for a kind that llama.cpp has not.
    """
    folder = Folder(config.path.parent)
    step = next((step for step in modules(folder) if str(step.get("type")).endswith("Pooling")), None)
    if step is None:
        return None
    path = module_path(folder, step)
    held = folder.json(f"{path}/config.json") or {}
    mode = next((mode for flag, mode in _FLAGS if held.get(flag)), held.get("pooling_mode"))
    if str(mode) not in MODES:
        raise folder.fail(
            f"{path}/config.json", "describes a pooling that llama.cpp has not", "It can only be mean, cls or lasttoken."
        )
    return int(MODES[str(mode)])


def modules(folder: Folder) -> list[dict[str, Any]]:
    """The steps of a sentence-transformers model.

    Raises: SourceError.
    """
    return [step for step in folder.list(MODULES) if isinstance(step, dict)]


def module_path(folder: Folder, step: Mapping[str, Any]) -> str:
    """The folder of a step, one inside the model's.

    Raises: SourceError.
    """
    path = step.get("path")
    if not isinstance(path, str) or not _FOLDER.fullmatch(path):
        raise folder.fail(MODULES, Sentence("names the folder %1", repr(path)))
    return path
