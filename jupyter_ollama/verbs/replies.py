"""Answers that are given again: one file for each, named by everything that an answer depends on.

An answer is kept only where it would come out the same again: the seed is set, or the most probable token is always taken. (Batches of
another size round sums differently, so the model itself might say something else the next time; what is kept is what it said first.)
The folder is bounded; what was not asked for the longest time goes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..events import Done, Statistics
from ..json_file import read_json
from ..messages import Message
from .answer import Request

VERSION = 1
MAX_FILES, KEPT_FILES = 4000, 3000
_ENDS = ("stop", "length")
_KEPT = (
    "model", "done_reason", "digest", "seed", "options", "prompt", "left_out", "cut_tokens", "prompt_tokens", "tokens", "cached_tokens",
)  # fmt: skip


class Replies:
    """The answers in a folder. Problems with the disk never reach whoever asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Done | None:
        """The answer that was given before, if it is there."""
        path = self._path(key)
        try:
            done = _read(read_json(path))
            path.touch()  # it was asked for now
        except (SourceError, OSError, LookupError, TypeError, ValueError):
            return None
        return replace(done, remembered=True)

    def keep(self, key: str, done: Done) -> None:
        """Keep an answer, if it came to its end."""
        if done.done_reason not in _ENDS or done.message.tool_calls or done.turns:
            return
        path = self._path(key)
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        with contextlib.suppress(OSError, TypeError, ValueError):
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(_written(done), ensure_ascii=False), encoding="utf-8")
            temporary.replace(path)
            self._bound()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _bound(self) -> None:
        with os.scandir(self._folder) as entries:
            files = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.is_file()]
        if len(files) > MAX_FILES:
            for _, path in sorted(files)[: len(files) - KEPT_FILES]:
                with contextlib.suppress(OSError):
                    Path(path).unlink()


def key_of(wanted: Request, messages: Sequence[Message], **how: Any) -> str | None:
    """What names the answer to these messages; None where it would not come out the same again.

    Args:
        how: all else that the prompt depends on.
    """
    options = wanted.options
    settled = options.get("temperature") == 0 or (isinstance(seed := options.get("seed"), int) and seed >= 0)
    if not settled or any(message.images for message in messages) or wanted.form.n_top is not None:
        return None
    inputs = {
        "version": VERSION, "digest": wanted.model.digest, "options": options, "shift": wanted.shift, "form": repr(wanted.form), "how": how,
        "messages": [asdict(message) for message in messages],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=repr).encode()).hexdigest()


def _written(done: Done) -> dict[str, Any]:
    message = {"role": done.message.role, "content": done.message.content, "thinking": done.message.thinking}
    return {"version": VERSION, "message": message, "statistics": asdict(done.statistics), **{name: getattr(done, name) for name in _KEPT}}


def _read(held: dict[str, Any]) -> Done:
    message, statistics = Message(**held.pop("message")), Statistics(**held.pop("statistics"))
    if held.pop("version") != VERSION or not isinstance(message.content, str):
        raise ValueError("of another version")
    return Done(
        message, statistics=statistics, prompt_tokens=tuple(held.pop("prompt_tokens")), tokens=tuple(held.pop("tokens")), **held
    )  # fmt: skip
