"""Where the pocket model, its held-out sets and the matching language of examples/pocket are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the training code."""
    return ROOT / "examples" / "pocket"


@pytest.fixture(scope="session")
def held_out() -> Path:
    """The folder of the held-out sets."""
    return Path(__file__).parent / "heldout"


@pytest.fixture(scope="session")
def scoring(examples: Path) -> ModuleType:
    """examples/pocket/scoring.py: plain Python, loaded by its path because examples are no package."""
    spec = importlib.util.spec_from_file_location("pocket_scoring", examples / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
