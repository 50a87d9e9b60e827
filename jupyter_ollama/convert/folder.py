"""The folder that is converted: its small files, each read once, bounded, with clear errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import SourceError
from ..json_file import MAX_BYTES, read_json, read_small
from ..sentences import Sentence


class Folder:
    """A Hugging Face folder.

    Args:
        path: the folder.
        weights: the safetensors files to use; None: find them.
    """

    def __init__(self, path: Path, weights: Sequence[Path] | None = None) -> None:
        self.path = path
        self.weights = weights
        self._read: dict[str, dict[str, Any]] = {}

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return (self.path / name).is_file()

    def json(self, name: str) -> dict[str, Any] | None:
        """The object in a JSON file, or None when there is no such file.

        Raises: SourceError when it is broken.
        """
        if name not in self._read:
            if not self.has(name):
                return None
            self._read[name] = read_json(self.path / name)
        return self._read[name]

    def list(self, name: str) -> list[Any]:
        """The list in a JSON file, or an empty one when there is no such file.

        Raises: SourceError when it is broken.
        """
        raw = self.optional(name)
        try:
            held = [] if raw is None else json.loads(raw)
        except (ValueError, RecursionError) as cause:
            raise self.fail(name, "is not usable JSON") from cause
        if not isinstance(held, list):
            raise self.fail(name, "is not a list")
        return held

    def optional(self, name: str, limit_bytes: int = MAX_BYTES) -> bytes | None:
        """The bytes of a file, or None when there is no such file.

        Raises: SourceError when it cannot be read or is too large.
        """
        return read_small(self.path / name, limit_bytes=limit_bytes) if self.has(name) else None

    def text(self, name: str) -> str | None:
        """The text of a file, or None when there is no such file.

        Raises: SourceError when it is no UTF-8.
        """
        raw = self.optional(name, 16 << 20)
        try:
            return None if raw is None else raw.decode("utf-8")
        except UnicodeDecodeError as cause:
            raise self.fail(name, "is not UTF-8 text") from cause

    def config(self) -> dict[str, Any]:
        """config.json.

        Raises: SourceError when the folder has none, or a broken one.
        """
        if not self.path.is_dir():
            raise SourceError(Sentence("%1 is not a folder.", self.path), hint="Give the folder that holds config.json.", path=self.path)
        found = self.json("config.json")
        if found is None:
            raise SourceError(
                Sentence("%1 has no config.json.", self.path),
                hint="Give a complete Hugging Face folder: config, tokenizer and safetensors.", path=self.path,
            )  # fmt: skip
        return found

    def fail(self, name: str, what: str, hint: str = "Copy or download the file again.") -> SourceError:
        """An error about one of its files."""
        path = self.path / name
        return SourceError(Sentence("%1 %2.", path, Sentence.of(what)), hint=hint, path=path)
