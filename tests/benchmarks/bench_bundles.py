"""What a browser loads: the size of the panel and of each widget, compressed as a server would send them.

python -m tests.benchmarks.bench_bundles [--folder BUILT]
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Iterable
from pathlib import Path

from jupyter_core.paths import jupyter_path

import jupyter_ollama

from .table import Row, print_table

PANEL_KB, WIDGET_KB = 200, 120


def panel_folder() -> Path:
    """Where JupyterLab finds the panel."""
    places = [Path(place) / "jupyter-ollama" for place in jupyter_path("labextensions")]
    return next(place for place in places if place.is_dir())


def compressed_kb(files: Iterable[Path]) -> float:
    """Units: kB of 1000 bytes."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1000


def measure(folder: Path | None = None) -> list[Row]:
    """A row for the panel and one for each widget; ``ratio`` is the size over its limit."""
    static = (folder or panel_folder()) / "static"
    panel = compressed_kb(static.glob("*.js"))
    rows = [Row("the panel, compressed", f"{PANEL_KB} kB", panel / PANEL_KB, "<= 1", f"{panel:.0f} kB in {len([*static.glob('*.js')])} files")]
    for file in sorted((Path(jupyter_ollama.__file__).parent / "static").glob("*.js")):
        size = compressed_kb([file])
        rows.append(Row(f"the widget {file.stem}, compressed", f"{WIDGET_KB} kB", size / WIDGET_KB, "<= 1", f"{size:.0f} kB"))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    print_table(measure(parser.parse_args().folder))
