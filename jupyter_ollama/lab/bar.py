"""How far an experiment is: one line that moves, and stays in the notebook as it was at the end."""

from __future__ import annotations

import sys
from typing import Any


def bar(total: int, what: str, unit: str, done: int = 0, *, shown: bool = True) -> Any:
    """A ``tqdm`` of ``total`` steps, of which ``done`` were there before. It is closed with ``with``."""
    from tqdm import tqdm

    kernel = type(sys.stdout).__module__.startswith("ipykernel")  # what goes to stderr there looks like a mistake
    file = sys.stdout if kernel else sys.stderr
    return tqdm(total=total, initial=done, desc=what, file=file, unit=unit, disable=not shown, mininterval=0.2, dynamic_ncols=True)
