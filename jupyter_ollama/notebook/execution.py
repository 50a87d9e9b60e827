"""Which cell is running, as the front end tells: JupyterLab, Notebook 7 and VS Code send the cell's id with every execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of one cell.

    Args:
        cell: the cell's id; empty where the front end sends none (terminals, nbclient).
        message: the id of this run; the same for everything that one run does.
        deleted: ids of cells that were deleted since the run before.
    """

    cell: str = ""
    message: str = ""
    deleted: tuple[str, ...] = ()


def current(shell: Any) -> Execution:
    """The execution that is going on in a shell."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    metadata = parent.get("metadata") or {}
    cell, deleted = metadata.get("cellId"), metadata.get("deletedCells")
    return Execution(
        cell if isinstance(cell, str) else "",
        str(parent.get("header", {}).get("msg_id", "")),
        tuple(one for one in deleted if isinstance(one, str)) if isinstance(deleted, list) else (),
    )
