"""Hugging Face folders: `plan_folder` says what GGUF file they become, `plan_adapter` does for adapters; writing is somebody else's work.

arch/         one declarative record for each architecture
tokenizer/    tokenizer files to GGUF keys
lora/         adapters
records.py    what an architecture is made of; config.py, views.py: config.json in all its dialects
stored.py     how tensors are stored: floats, FP8 with scales, MXFP4 (mxfp4.py); quantized.py: what is refused
weights.py    from there to planned tensors, by rules (rules.py, ops.py) over rows (rows.py, derived.py)
pooling.py    what sentence-transformers adds to an encoder; dense.py: its layers behind the pooling
tensors.py    the tensors that many architectures share; keys.py: the keys

Names are imported when they are first used: the kernel asks for an adapter's settings only, builders for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..on_demand import on_demand

if TYPE_CHECKING:
    from .arch import ARCHITECTURES
    from .lora.plan import plan_adapter
    from .lora.settings import read_settings
    from .plan import plan_folder
    from .tokenizer.original import PROBES, ids_of

_HOMES = {
    "ARCHITECTURES": ".arch",
    "PROBES": ".tokenizer.original",
    "ids_of": ".tokenizer.original",
    "plan_adapter": ".lora.plan",
    "plan_folder": ".plan",
    "read_settings": ".lora.settings",
}
__all__ = ["ARCHITECTURES", "PROBES", "ids_of", "plan_adapter", "plan_folder", "read_settings"]

__getattr__ = on_demand(__name__, _HOMES)
