"""How long threads wait actively for one another."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from . import tiny


def test_threads_that_others_keep_waiting_sleep_sooner_and_answer_the_same(models: Path, tmp_path: Path) -> None:
    model = tiny.random_llama(models / "waits.gguf", tiny.Shape(n_embd=256, n_ff=512, n_layer=6), seed=3)
    script = Path(__file__).with_name("waits.py")
    out = subprocess.run([sys.executable, str(script), str(model), str(tmp_path)], capture_output=True, text=True, check=True).stdout
    said = json.loads(out)
    alone, beside, again = said["phases"]
    assert [alone["short"], beside["short"], again["short"]] == [False, True, False]
    assert beside["threads"] >= alone["threads"] + 2
    assert again["threads"] == alone["threads"]
    assert beside["slept"] > 2 * min(alone["slept"], again["slept"])
    assert alone["tokens"] == beside["tokens"] == again["tokens"]
    first, second, third, later = said["terms"]
    assert 1.8 * first < second < third / 1.8
    assert later == first
    assert not said["one thread"]
