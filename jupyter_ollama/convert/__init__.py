"""Hugging Face folders: `plan_folder` says what GGUF file they become, `plan_adapter` does for adapters; writing is somebody else's work.

arch/         one declarative record for each architecture
tokenizer/    tokenizer files to GGUF keys
lora/         adapters
records.py    what an architecture is made of; config.py, views.py: config.json in all its dialects
stored.py     how tensors are stored: floats, FP8 with scales, MXFP4 (mxfp4.py); quantized.py: what is refused
weights.py    from there to planned tensors, by rules (rules.py, ops.py) over rows (rows.py, derived.py)
pooling.py    what sentence-transformers adds to an encoder; dense.py: its layers behind the pooling
tensors.py    the tensors that many architectures share; keys.py: the keys
"""

from __future__ import annotations

from .arch import ARCHITECTURES
from .lora import plan_adapter, read_settings
from .plan import plan_folder
from .tokenizer.original import PROBES, ids_of

__all__ = ["ARCHITECTURES", "PROBES", "ids_of", "plan_adapter", "plan_folder", "read_settings"]
