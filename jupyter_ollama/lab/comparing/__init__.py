"""The same prompts to several models, many times each: what they answer, how much that varies, how well it scores.

    samples      one answer, and what identifies it
    machines     samples made in this process, or by workers of any ``concurrent.futures.Executor``
    scorers      what an answer is worth: contains, regex, exact, json_valid, judge, or any function
    comparison   all samples: as a table, by model and prompt, as a figure
    grid         the answers side by side
    saved        samples as files, and back
    run          from models and prompts to a comparison

A sample's seed is ``seed`` plus its number. Samples are made many at once, as the engine's batches allow, and sums are rounded differently
in batches of other sizes: where two tokens are almost equally probable, another run may take the other one. With ``deterministic`` each
sample is decoded alone, and the same seeds give the same table on the same machine.
"""

from __future__ import annotations

from .comparison import Comparison
from .machines import Machine
from .run import compare
from .scorers import contains, exact, json_valid, judge, matches

__all__ = ["Comparison", "Machine", "compare", "contains", "exact", "json_valid", "judge", "matches"]
