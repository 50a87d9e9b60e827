"""Whether one model can draft for another: it must speak the same tokens, and be able to take back what it guessed.

The ids of both must mean the same texts, for a guess is handed over as an id. Files of one family may be filled up to different sizes;
their first few tokens are special ones that go by several names. Source: llama.cpp asks the same of a draft model (common/speculative.cpp).
"""

from __future__ import annotations

from itertools import islice

from ..errors import SourceError
from ..sentences import Sentence
from .index import GGUFIndex
from .values import Array, ValueType

MAX_SIZE_DIFFERENCE = 128
FIRST_COMPARED = 5
_TOKENS = "tokenizer.ggml.tokens"
_STATES = ("ssm.", "wkv.", "shortconv.", "kda.")
"""Keys of models that keep one state for all tokens, behind the architecture's name."""
_HINT = "Name a smaller model of the same family."


def check_draft(index: GGUFIndex, base: GGUFIndex) -> None:
    """Check a draft model against the model it is for.

    Raises: SourceError.
    """
    state = "one state for all tokens, from which wrong guesses cannot be taken out."
    if keeps_a_state(index):
        raise SourceError(Sentence("%1 cannot draft: it keeps %2", index.path, Sentence.of(state)), hint=_HINT, path=index.path)
    if keeps_a_state(base):
        what = Sentence("%1 cannot draft for a model that keeps %2", index.path, Sentence.of(state))
        raise SourceError(what, hint="Leave DRAFT out.", path=index.path)
    problem = _difference(index, base)
    if problem:
        raise SourceError(Sentence("%1 cannot draft for this model: %2.", index.path, Sentence.of(problem)), hint=_HINT, path=index.path)


def keeps_a_state(index: GGUFIndex) -> bool:
    """Whether a model has layers that fold all tokens into one state (Mamba, RWKV, LFM2 ...)."""
    return any(key.startswith(tuple(f"{index.architecture}.{kind}" for kind in _STATES)) for key in index.metadata)


def _difference(index: GGUFIndex, base: GGUFIndex) -> str:
    """What tells the two vocabularies apart; nothing if it does not matter."""
    kinds = [model.text("tokenizer.ggml.model") for model in (index, base)]
    if kinds[0] != kinds[1]:
        return Sentence("its tokenizer is %1, the model's %2", repr(kinds[0]), repr(kinds[1]))
    held = [tokens for model in (index, base) if isinstance(tokens := model.metadata.get(_TOKENS), Array)]
    if len(held) < 2 or any(tokens.element is not ValueType.STRING for tokens in held):
        return "one of them has no vocabulary"
    sizes = [len(tokens) for tokens in held]
    if abs(sizes[0] - sizes[1]) > MAX_SIZE_DIFFERENCE:
        return Sentence("it has %1 tokens, the model %2", f"{sizes[0]:,}", f"{sizes[1]:,}")
    for place in ("bos", "eos"):
        added = [model.metadata.get(f"tokenizer.ggml.add_{place}_token") for model in (index, base)]
        pairs = zip((index, base), added, strict=True)
        ids = [model.integer(f"tokenizer.ggml.{place}_token_id") if adds else None for model, adds in pairs]
        if None not in added and ids[0] != ids[1]:  # files that do not say follow llama.cpp's choice
            return Sentence("its texts %1, the model's %2", _end(place, ids[0]), _end(place, ids[1]))
    for number, texts in islice(enumerate(zip(held[0].strings(), held[1].strings(), strict=False)), FIRST_COMPARED, None):
        if texts[0] != texts[1]:
            own, other = (text.decode("utf-8", "replace")[:40] for text in texts)
            return Sentence("its token %1 is %2, the model's %3", f"{number:,}", repr(own), repr(other))
    return ""


def _end(place: str, token: int | None) -> str:
    verb = "begin" if place == "bos" else "end"
    return f"{verb} without a token of their own" if token is None else f"{verb} with token {token:,}"
