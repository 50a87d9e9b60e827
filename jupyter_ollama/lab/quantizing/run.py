"""Makes the variants of a model and measures them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

from ...errors import ExperimentError
from ...quantization import parse_quantization
from ..bar import bar
from ..opened import opened
from .answers import LOADED, Predictions, divergence, predictions
from .errors import TensorError, tensor_errors
from .study import QuantizationStudy, Variant

DEFAULT_TYPES = ("q8_0", "q5_K_M", "q4_K_M", "q4_0", "q3_K_M", "q2_K")
LONGEST = 32_768
"""Tokens of the longest context that is asked for."""
_UNSEEN = "Read this aloud. "
"""What the speed is measured with begins otherwise than what was judged: nothing of it is in memory already."""
TEXT = (
    "The old lighthouse stands at the end of the pier. Every evening, a little before the sun goes down, the keeper climbs the stairs and "
    "lights the lamp. From the harbour one can see its beam turn over the water, slowly, twice in a minute. Ships that come home late look "
    "for it. In the morning the keeper writes into a book what the night was like: wind from the north, rain after two, three boats, all "
    "well. His cat sleeps on the book when he has finished. Children ask him whether he is never afraid of storms. He laughs and says that "
    "a storm is only weather in a hurry, and that a house of stone has time. What is two and three? It is five. What colour is the sky? It "
    "is blue by day, red in the evening and black at night. Where does the river go? It goes down to the sea, as all rivers do, and nobody "
    "has to tell it the way.\n"
)


def quantizations(
    source: str | Path, types: Sequence[str] = DEFAULT_TYPES, *, text: str = TEXT, places: int = 128, answer_tokens: int = 64,
    keep: str | None = None, ollama: Any = None, progress: bool = True,
) -> QuantizationStudy:  # fmt: skip
    """Make a model in several types and measure what each costs and saves.

        study = lab.quantizations("pocket", ["q8_0", "q4_K_M", "q2_K"])
        study.plot(); study.heat_map("q2_K"); study.frame()

    Args:
        types: as ``ollama create -q`` takes them.
        source: what FROM takes: a model, a GGUF file, a folder of safetensors. It should not be quantized itself.
        text: what the variants are judged on.
        places: at how many places of the text the whole predictions are compared.
        answer_tokens: how long the answer is by which the speed is measured.
        keep: keep the variants under this name, with the types as tags; by default they are removed in the end.
    Raises: QuantizationError, SourceError, ExperimentError for a text that is too short.
    """
    wanted = list(dict.fromkeys(parse_quantization(kind).spelling for kind in types))
    with opened(ollama) as asked, _variants(asked, keep) as name, bar(len(wanted) + 1, "quantizations", "type", shown=progress) as moving:
        reference = f"{name}:original"
        asked.create(reference, f"FROM {source}").result()
        tokens = _tokens(asked, reference, text)
        original = predictions(asked, reference, tokens, places)
        measured = [_measure(asked, reference, "original", original, original, [], answer_tokens)]
        errors: list[TensorError] = []
        moving.update()
        for kind in wanted:
            variant = f"{name}:{kind.lower()}"
            asked.create(variant, f"FROM {reference}", quantize=kind).result()
            found = list(tensor_errors(asked, reference, variant, kind))
            measured.append(_measure(asked, variant, kind, original, predictions(asked, variant, tokens, places), found, answer_tokens))
            errors += found
            asked.stop(variant)
            moving.update()
        asked.stop(reference)
    return QuantizationStudy(measured, errors, str(source), len(tokens))


@contextmanager
def _variants(ollama: Any, keep: str | None) -> Iterator[str]:
    """A name for the variants. Those that shall not stay go in any case."""
    name = keep or f"quantizations-{secrets.token_hex(4)}"
    try:
        yield name
    finally:
        if keep is None and (made := [one.name for one in ollama.list() if one.name.startswith(f"{name}:")]):
            ollama.delete(*made)


def _tokens(ollama: Any, model: str, text: str) -> list[int]:
    n_ctx = min(len(text.encode()) + 1, LONGEST)  # a token has a byte at least
    options = LOADED if n_ctx <= LOADED["num_ctx"] else {"num_ctx": n_ctx}
    (scored,) = ollama.score(model, text, options=options).result()
    tokens = list(scored.tokens)
    if len(tokens) < 16:
        raise ExperimentError("the text is too short to judge by.", hint="Give at least some sentences.")
    return tokens


def _measure(
    ollama: Any, model: str, kind: str, original: Predictions, seen: Predictions, errors: Sequence[TensorError], answer_tokens: int
) -> Variant:
    info = ollama.show(model)
    size = sum(layer.size_bytes for layer in info.layers if layer.kind == "model")
    kl, same = divergence(original, seen)
    options = {**LOADED, "temperature": 0, "seed": 0, "num_predict": answer_tokens}
    cost = ollama.generate(model, _UNSEEN + TEXT, raw=True, options=options).result().statistics
    return Variant(
        kind, size, 8 * size / info.parameter_count, seen.perplexity, kl, same, fmean(one.relative for one in errors) if errors else 0.0,
        cost.prompt_eval_rate, cost.eval_rate, info.digest,
    )  # fmt: skip
