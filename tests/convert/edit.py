"""Changing the JSON files of a tiny folder on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Apply ``change`` to the object in a JSON file."""
    held = json.loads(path.read_text(encoding="utf-8"))
    change(held)
    path.write_text(json.dumps(held), encoding="utf-8")


def put(**values: Any) -> Callable[[dict[str, Any]], object]:
    """Set keys; None takes a key away."""

    def change(held: dict[str, Any]) -> None:
        for key, value in values.items():
            if value is None:
                held.pop(key, None)
            else:
                held[key] = value

    return change
