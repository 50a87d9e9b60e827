"""What every test gets: an environment of its own, so that no test can read or write the user's models or settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = {
    "HOME": "home",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter/config",
    "JUPYTER_DATA_DIR": "jupyter/data",
    "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
    "OLLAMA_MODELS": "models",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", metavar="FOLDER", help="keep the README's pictures there (tests/browser/test_pictures.py)")


@pytest.fixture(scope="session")
def private_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder under which this run's home, models and Jupyter folders lie."""
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="session", autouse=True)
def private_environment(private_root: Path) -> Iterator[None]:
    """Point every folder that this package, IPython or Jupyter writes to below `private_root`.

    Child processes (kernels, runners, servers) inherit it. Settings of the developer's own Ollama do not reach a test.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("OLLAMA_", "HF_", "HUGGING_FACE_"))]:
            patch.delenv(name)
        patch.setenv("JUPYTER_OLLAMA_SERVICE_MODELS", str(private_root / "no service"))
        patch.setenv("JUPYTER_OLLAMA_RUNTIME_DIR", "")  # models end with what loaded them, unless a test wants to share them
        patch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody is there: no test speaks to a registry on the internet
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        for name in ("https_proxy", "no_proxy", "DOCKER_CONFIG"):
            patch.delenv(name, raising=False)
        for name, folder in FOLDERS.items():
            path = private_root / folder
            path.mkdir(parents=True, exist_ok=True)
            patch.setenv(name, str(path))
        yield
