"""The lessons: each is executed by a real kernel over a store of its own and shows what it teaches; what is saved is fit to be read."""

from __future__ import annotations

import importlib.util
import json
import re
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from jupyter_ollama.notebook.commands import COMMANDS

TREE = Path(__file__).parents[1]
EXAMPLES = TREE / "examples"
LESSONS = sorted(EXAMPLES.glob("*.ipynb"))
CLIENTS = TREE / "build/clients/lib" / f"python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
MAX_BYTES = 300_000
MAGICS = {"modelfile", "ollama_create", "chat", "compare", "ollama", "load_ext"}
ELSEWHERE = ("/tmp/", "/home/", "/root/", "/work/", "/Users/", "/builds/", "site-packages", socket.gethostname())

SHOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "02-modelfiles": {
        "robot-chat": ("Rusty", "robot"), "remember-chat": ("Lena",), "chef-chat": ("cook",), "once": ("Anna",), "mistake": ("Did you mean temperature",),
        "short": ("length limit",), "show": ("SYSTEM You are Rusty, a friendly cook.", "PARAMETER temperature 0"),
    },
    "03-templates": {
        "xray": ("SYSTEM", "this turn", "My name is Mario."), "history": ("earlier turns", "12"), "jinja": ("jinja", "add_generation_prompt"),
        "go-xray": ("{{ .Content }}", "other variables"),
        "go-same": ("jinja go True",), "right-chat": ("I am Pocket",), "context": ("messages left out", "Say the word 0."), "raw": ("7",),
    },
    "04-sampling": {
        "play": ("There", "Once", "Long"), "cut": ("top_k", "top_p"), "kept": ("2,048 of 2,048", "40 of 2,048"), "penalty": ("SEEN",),
        "widget": ("There", "DROPPED BY"), "surprise": ("bits",), "branch": ("was:", "now:"),
    },
    "05-safetensors-to-gguf": {
        "convert": ("converting model", "success"), "tensors": ("blk.0.attn_q.weight",), "metadata": ("general.architecture", "llama.block_count"),
        "bytes": ("ffn_down",), "same": ("in place: False", "sorted:   True"), "vocabulary": ("hello",), "fit": ("KV CACHE",),
    },
    "06-quantization": {
        "study": ("original", "q8_0", "q2_K", "PERPLEXITY"), "pareto": ("Best for their size",), "heat": ("q2_K: the largest error",), "worst": ("Q2_K", "blk."),
        "make": ("p:q8", "p:q2", "contains"), "one": ("half a step",), "imatrix": ("p:q2i",),
    },
    "07-store": {
        "list": ("mario:small", "pocket:latest"), "content": ("You are Mario, a plumber.",), "diff-words": ("+SYSTEM You are Luigi",), "diff-small": ("Q4_K",),
        "du": ("on the disk",), "same": ("True",), "move": ("doctor", "plumber"), "rm": ("freed",), "verify": ("nothing is damaged",), "damage": ("1 damaged",),
    },
    "08-adapters": {
        "ask-pocket": ("I am Pocket",), "ask-pirate": ("Arr!", "Pocket", "matey"), "ask-sum": ("12", "matey"), "ask-persona": ("Anna", "matey"),
        "inside": ("lora_a", "lora_b"), "strengths": ("I am Pocket", "Arr!", "DIVERGENCE"), "strengths-plot": ("the adapted answer",), "shares": ("model, license",), "learned": ("blk.",),
    },
    "09-comparing": {
        "compare": ("cool", "wild", "tiny", "AGREEMENT"), "sums": ("right", "INTERVAL"), "plot": ("wild",), "wrong": ("wild",), "own": ("brief", "matches"),
        "resume": ("first   took a while", "second  quick"), "map": ("7 + 5 = 12.",),
    },
    "10-serving": {
        "requests": ("assistant", "Mario"), "tags": ("mario:latest",), "openai": ("Mario", "tokens read"), "openai-stream": ("|",), "langchain": ("Mario",),
        "chain": ("7", "17"), "notebook": ("Mario",), "secret": ("401 200",),
    },
    "11-registries": {
        "push": ("pushed",), "second": ("25 B of 10 MB sent",), "pull": ("course/mario:latest",), "ask": ("Mario",), "same": ("True",), "tags": ("latest",),
        "version": (":v2",), "save": ("course.tar",), "load-file": ("mario:latest",),
    },
    "12-embeddings": {
        "embed": ("384",), "notes": ("(12, 384)",), "search": ("seed", "on the disk only once", "LoRA"), "answer": ("Minka",), "small": ("cosine",),
    },
}  # fmt: skip
"""What a reader sees: texts in the outputs, by lesson and by the id of the cell."""


@pytest.fixture(scope="module")
def save() -> ModuleType:
    """The script that executes and saves lessons."""
    spec = importlib.util.spec_from_file_location("save_lessons", EXAMPLES / "save.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(lesson: Path) -> Any:
    return nbformat.read(lesson, as_version=4)


def code(notebook: Any) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


def said(outputs: list[Any]) -> str:
    """All texts of a cell's outputs."""
    return "\n".join(
        output.get("text", "") + "\n".join(str(output.get("data", {}).get(kind, "")) for kind in ("text/markdown", "text/plain")) for output in outputs
    )


@pytest.mark.parametrize("name", SHOWN)
def test_a_lesson_runs_and_shows_what_it_teaches(name: str, save: ModuleType, tmp_path: Path) -> None:
    assert name != "10-serving" or CLIENTS.exists(), "bash tests/clients.sh installs the clients"
    path = EXAMPLES / f"{name}.ipynb"

    shown = code(save.normalised(save.executed(path, tmp_path, CLIENTS), tmp_path))

    kinds = {output.output_type for cell in shown.values() for output in cell.outputs}
    assert "error" not in kinds
    assert "stderr" not in {output.get("name") for cell in shown.values() for output in cell.outputs}
    for cell, texts in SHOWN[name].items():
        for text in texts:
            assert text in said(shown[cell].outputs), f"{cell} shows {said(shown[cell].outputs)[:500]!r}"
    kept = {cell for cell, node in code(read(path)).items() if node.outputs}
    assert kept == {cell for cell, node in shown.items() if node.outputs}, "python examples/save.py saves the outputs"
    assert {one.name for one in (tmp_path / "lessons").iterdir()} == set(save.BESIDE)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
class TestSaved:
    """What lies in the files."""

    def test_it_has_outputs_and_nothing_of_the_machine_that_made_them(self, lesson: Path) -> None:
        text = lesson.read_text(encoding="utf-8")
        assert any(cell.outputs for cell in code(read(lesson)).values())
        assert [] == [one for one in ELSEWHERE if re.search(rf"(?<![\w.]){re.escape(one)}(?!\w)" if one.isalnum() else re.escape(one), text)]
        assert "widget-view" not in text
        assert "iopub" not in text
        assert lesson.stat().st_size < MAX_BYTES

    def test_it_is_well_formed_and_its_cells_have_names(self, lesson: Path) -> None:
        notebook = json.loads(lesson.read_text(encoding="utf-8"))
        nbformat.validate(notebook)
        names = [cell["id"] for cell in notebook["cells"]]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z0-9-]+", name) and not re.fullmatch(r"[0-9a-f]{8}", name) for name in names)
        assert [cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"] == list(range(1, 1 + len(code(read(lesson)))))

    def test_its_links_lead_somewhere_and_its_commands_exist(self, lesson: Path) -> None:
        for cell in read(lesson).cells:
            if cell.cell_type == "markdown":
                links = re.findall(r"\]\(([^)#:]+)\)", cell.source)
                assert [] == [link for link in links if not (EXAMPLES / link).exists()]
            magics = re.findall(r"(?:^|`|= )%%?([a-z_]+)", cell.source, re.MULTILINE)
            assert set(magics) <= MAGICS, cell.source
            commands = set(re.findall(r"(?:^|`|= )%ollama ([a-z]+)", cell.source, re.MULTILINE))
            assert commands <= set(COMMANDS), cell.source

    def test_it_begins_with_what_it_is_about_and_ends_with_something_to_do(self, lesson: Path) -> None:
        texts = [cell.source for cell in read(lesson).cells if cell.cell_type == "markdown"]
        assert texts[0].startswith("# ")
        assert re.match(r"## (Exercise|And now)\n", texts[-1])


def test_every_lesson_is_looked_at() -> None:
    assert {path.stem for path in LESSONS} == {"01-quickstart", *SHOWN}
