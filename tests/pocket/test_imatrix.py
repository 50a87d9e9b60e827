"""An importance matrix lets the pocket model lose less."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from jupyter_ollama import Ollama
from jupyter_ollama.names import ModelName

_LOSSES = """
import json, sys
from pathlib import Path
examples, held_out, *paths = sys.argv[1:]
sys.path.insert(0, examples)
import measure, scoring
items = scoring.load(Path(held_out))[200:320]
print(json.dumps([measure.loss(Path(path), items) for path in paths]))
"""


def test_q2_k_with_a_matrix_from_other_texts_has_a_lower_loss(tmp_path: Path, examples: Path, held_out: Path) -> None:
    """The matrix comes from the first 200 conversations, the loss is that of the 120 after them."""
    lines = [json.loads(line) for line in (held_out / "perplexity.jsonl").read_text(encoding="utf-8").splitlines()]
    (tmp_path / "text.txt").write_text("\n".join(message["content"] for line in lines[:200] for message in line["messages"]), encoding="utf-8")
    with Ollama(tmp_path / "models") as ollama:
        made = ollama.imatrix("pocket", tmp_path / "text.txt", tmp_path / "pocket.gguf").result(120)
        ollama.create("plain", "FROM pocket", quantize="q2_K").result(120)
        ollama.create("weighted", "FROM pocket", quantize="q2_K", imatrix=tmp_path / "pocket.gguf").result(120)
        paths = [str(ollama.store.open(ModelName.valid(name)).path) for name in ("plain", "weighted")]
        said = ollama.show("weighted").metadata
    command = [sys.executable, "-c", _LOSSES, str(examples), str(held_out / "perplexity.jsonl"), *paths]
    plain, weighted = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert weighted < plain * 0.95
    assert made.n_matrices == 42
    assert str(made) == f"measured 42 matrices of pocket:latest over {made.n_tokens:,} tokens: {tmp_path / 'pocket.gguf'}"
    assert said["quantize.imatrix.dataset"] == "text.txt"
