"""Results on the disk as they come: one JSON object a line, so that an experiment that was killed goes on where it was.

    {"journal": 1, "what": "compare", "inputs": "sha256 of what was asked", "given": {what was asked, where it is told}}
    {"key": ["mario", 3, 0], "value": {...}}
    ...

A line is written whole or, if the machine stops there, cut: what is cut is dropped when the file is opened again, nothing else. The first
line says what the results belong to, so that results of other inputs are never taken for these.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import ExperimentError

VERSION = 1
Key = tuple[Any, ...]


class Journal:
    """Results by key. Without a path they are in memory only.

    Args:
        path: the file; it is made, or gone on with.
        what: the kind of experiment.
        inputs: everything that the results depend on; values that JSON knows.
        tell: write the inputs down as well, not only what tells them apart.
    Raises: ExperimentError for a file of other inputs, or one that cannot be written.
    """

    def __init__(self, path: str | Path | None, what: str, inputs: Any, *, tell: bool = False) -> None:
        self._values: dict[Key, Any] = {}
        self._file: Any = None
        if path is None:
            return
        self.path = Path(path).expanduser()
        head = {"journal": VERSION, "what": what, "inputs": fingerprint(inputs)}
        try:
            whole = self._read(head) if self.path.exists() else 0
            self._file = self.path.open("r+b" if self.path.exists() else "w+b")
        except OSError as error:
            raise ExperimentError(
                f"{self.path} cannot be written: {error.strerror}.", hint="Give path=... in a folder that exists.", path=self.path
            ) from error
        self._file.truncate(whole)
        self._file.seek(whole)
        if not whole:
            self._write({**head, "given": inputs} if tell else head)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def __getitem__(self, key: Key) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def add(self, key: Key, value: Any) -> None:
        """Keep a result (``value``, by its ``key``); it survives this process from now on.

        Raises: OSError, TypeError for what JSON does not know.
        """
        if self._file is not None:
            self._write({"key": list(key), "value": value})
        self._values[key] = value

    def close(self) -> None:
        """Close the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n")
        self._file.flush()
        os.fdatasync(self._file.fileno())

    def _read(self, head: dict[str, Any]) -> int:
        """Take over what is there. Returns how many bytes of it are whole lines."""
        size = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    break
                self._take(number, line, head)
                size += len(line)
        return size

    def _take(self, number: int, line: bytes, head: dict[str, Any]) -> None:
        try:
            found = json.loads(line)
            if number:
                self._values[tuple(found["key"])] = found["value"]
                return
            kind, inputs = found["what"], found["inputs"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ExperimentError(
                f"{self.path} has no results in line {number + 1}.", hint="Give another file, or delete that one.", path=self.path
            ) from error
        if (kind, inputs) != (head["what"], head["inputs"]):
            raise ExperimentError(
                f"{self.path} has results of other inputs ({kind}); they were left as they are.",
                hint="Give another file to begin anew, or the inputs of before to go on.", path=self.path,
            )  # fmt: skip


def fingerprint(inputs: Any) -> str:
    """What tells inputs apart: the SHA-256 of their JSON."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
