"""Names of a package that are imported when they are first used: what a kernel does not need costs it no time.

    __getattr__ = on_demand(__name__, {"read_index": ".index"})

A name must not be that of a module of the package too: once that is imported, the package has it under this name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def on_demand(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """What a package does when it is asked for a name that it does not have yet.

    Args:
        homes: which module of the package has a name; the module itself where that is ``""``.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name]
        if not home:
            return importlib.import_module(f".{name}", package)
        value = getattr(importlib.import_module(home, package), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
