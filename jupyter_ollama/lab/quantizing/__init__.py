"""What quantization costs: the same weights in several types, measured against the weights as they were.

    errors     how far each tensor is from what it was
    answers    how far the model is: perplexity, KL divergence, the most probable token
    study      the variants with all that was measured: a table, a plot, a map of errors
    run        makes the variants and measures them
"""

from __future__ import annotations

from .run import quantizations
from .study import QuantizationStudy

__all__ = ["QuantizationStudy", "quantizations"]
