"""Execute lessons and save them with what they show. `python examples/save.py examples/02-modelfiles.ipynb`, or without names all of them.

A lesson runs in a folder and over a store of its own. Saved is what a reader needs: no times of execution, no state of widgets, no paths
of this machine, bars of progress as they were at the end. Clients of the API for lesson 10 are looked for in `--packages`, besides.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import nbformat
from nbclient import NotebookClient

EXAMPLES = Path(__file__).resolve().parent
LESSONS = sorted(EXAMPLES.glob("[0-9][0-9]-*.ipynb"))
BESIDE = ("pocket-pirate",)
"""What lies beside the lessons and is used by them."""
PATIENCE_S = 240
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}, "language_info": {"name": "python"},
}


def executed(lesson: Path, room: Path, packages: Path | None = None) -> nbformat.NotebookNode:
    """The notebook of a lesson with the outputs of a real kernel; a cell that fails raises.

    Args:
        room: an empty folder for all that comes to lie on the disk.
        packages: a folder of Python packages that are found after all others.
    """
    notebook = nbformat.read(lesson, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    folder = room / "lessons"
    folder.mkdir()
    for name in BESIDE:
        shutil.copytree(EXAMPLES / name, folder / name)
    with mock.patch.dict(os.environ, _environment(room, packages)):
        NotebookClient(
            notebook, timeout=PATIENCE_S, kernel_name="python3", store_widget_state=False, record_timing=False, coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        ).execute()
    return notebook


def _environment(room: Path, packages: Path | None) -> dict[str, str]:
    """Nothing of the user's own is read or written."""
    profile = room / "ipython"
    startup = profile / "profile_default" / "startup"
    startup.mkdir(parents=True)
    if packages is not None:
        (startup / "packages.py").write_text(f"import sys\nsys.path.append({str(packages)!r})\n", encoding="utf-8")
    return {
        "OLLAMA_MODELS": str(room / "models"), "IPYTHONDIR": str(profile), "XDG_CACHE_HOME": str(room / "cache"),
        "JUPYTER_OLLAMA_RUNTIME_DIR": "", "JUPYTER_OLLAMA_SERVICE_MODELS": str(room / "no service"),
    }




def normalised(notebook: nbformat.NotebookNode, room: Path) -> nbformat.NotebookNode:
    """What is saved of an executed notebook."""
    paths = [(str(room / "lessons"), "."), (str(room / "models"), "~/.ollama/models"), (str(room / "cache"), "~/.cache"), (str(room), "~")]
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        cell.execution_count, cell.metadata = number, nbformat.from_dict({})
        cell.outputs = [output for output in map(_without_widget, cell.outputs) if output is not None]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
            if output.output_type == "stream":
                output.text = re.sub(r"[^\n]*\r(?=[^\n])", "", output.text)
        cell.outputs = _replaced(cell.outputs, paths)
    return notebook


def _without_widget(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """A widget lives as long as its kernel: saved without one, it is nothing but a line."""
    data = output.get("data", {})
    return None if "application/vnd.jupyter.widget-view+json" in data else output


def _replaced(value: object, paths: list[tuple[str, str]]) -> object:
    if isinstance(value, str):
        for path, said in paths:
            value = value.replace(path, said)
        return value
    if isinstance(value, dict):
        return nbformat.from_dict({key: _replaced(one, paths) for key, one in value.items()})
    return [_replaced(one, paths) for one in value] if isinstance(value, list) else value


@contextmanager
def _room() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lesson-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", type=Path, default=LESSONS)
    parser.add_argument("--packages", type=Path, help="where openai and langchain_ollama are, if this environment has them not")
    options = parser.parse_args()
    for lesson in options.lessons:
        with _room() as room:
            nbformat.write(normalised(executed(lesson, room, options.packages), room), lesson)
        print(f"{lesson.name}: {lesson.stat().st_size / 1e3:,.0f} kB")


if __name__ == "__main__":
    main()
