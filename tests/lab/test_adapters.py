"""An adapter at several strengths: 0 is the model without it, and the answers drift from there."""

from __future__ import annotations

from pathlib import Path

from jupyter_ollama import Ollama, lab

from ..verbs.test_adapter import make_adapter, make_folder


def test_at_strength_0_it_is_the_model_without_it(tmp_path: Path) -> None:
    with Ollama(tmp_path / "models") as ollama:
        base, lora = make_folder(tmp_path, "llama31-rope"), make_adapter(tmp_path, "llama")
        ollama.create("plain", f"FROM {base}\nTEMPLATE {{{{ .Prompt }}}}").result()
        ollama.create("adapted", f"FROM {base}\nADAPTER {lora}\nTEMPLATE {{{{ .Prompt }}}}").result()
        rows = lab.strengths("adapted", "abc", [0, 1, 1.5], ollama=ollama, options={"num_predict": 6})
        plain = ollama.chat("plain", "abc", options={"temperature": 0, "seed": 0, "num_predict": 6}, logprobs=True).result()
        assert rows[0].answer == plain.message.content
        assert abs(rows[0].logprob - plain.logprobs.total) < 1e-3
        assert rows[2].logprob != rows[0].logprob
        assert "STRENGTH" in str(rows)
