"""The vocabulary of a GGUF file, checked: llama.cpp takes for granted that tokens differ and that every byte can be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import GGUFError
from ..sentences import Sentence
from .index import GGUFIndex
from .values import Array, ValueType

Problem = Callable[..., GGUFError]

_TOKENS = "tokenizer.ggml.tokens"
_SCORES = "tokenizer.ggml.scores"
_KINDS = "tokenizer.ggml.token_type"
_MERGES = "tokenizer.ggml.merges"
_NO_VOCABULARY = ("none", "no_vocab")


def check_tokens(index: GGUFIndex, problem: Problem) -> None:
    """Check that the vocabulary can be used to split and join text.

    Raises: GGUFError through ``problem``.
    """
    model = index.text("tokenizer.ggml.model")
    if model is None or model in _NO_VOCABULARY:
        raise problem(index, "it has no tokenizer", "Convert the model again with its tokenizer files beside it.")
    tokens = _array(index, _TOKENS, ValueType.STRING, problem)
    if tokens is None or not len(tokens):
        raise problem(index, "its vocabulary is empty")
    held = list(tokens.strings())
    if not any(held):
        raise problem(index, "all of its tokens are empty")
    double = first_double(held)
    if double is not None:
        raise problem(
            index, Sentence("token %1 (%2) is in its vocabulary twice", f"{double:,}", repr(held[double].decode("utf-8", "replace")))
        )
    if model == "llama":
        _check_bytes(index, set(held), problem)
    for key, kinds in ((_SCORES, (ValueType.FLOAT32, ValueType.INT32)), (_KINDS, (ValueType.INT32, ValueType.UINT32))):
        extra = _array(index, key, kinds, problem)
        if extra is not None and len(extra) < len(tokens):
            raise problem(index, Sentence("%1 has %2 entries for %3 tokens", key, f"{len(extra):,}", f"{len(tokens):,}"))
    _array(index, _MERGES, ValueType.STRING, problem)


def _array(index: GGUFIndex, key: str, wanted: ValueType | tuple[ValueType, ...], problem: Problem) -> Array | None:
    held = index.metadata.get(key)
    if held is None:
        return None
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    if not isinstance(held, Array) or held.element not in kinds:
        raise problem(index, Sentence("%1 is not an array of %2", key, kinds[0].name.lower()))
    return held


def first_double(tokens: Iterable[bytes]) -> int | None:
    """The id of the first token that llama.cpp takes for one it already has, which it does not survive.

    It reads tokens up to their first NUL byte, and gives empty ones names of its own.
    """
    seen: set[bytes] = set()
    for number, token in enumerate(tokens):
        text = token.partition(b"\0")[0]
        if text in seen:
            return number
        if text:
            seen.add(text)
    return None


def _check_bytes(index: GGUFIndex, tokens: set[bytes], problem: Problem) -> None:
    missing = [byte for byte in range(256) if b"<0x%02X>" % byte not in tokens and bytes([byte]) not in tokens]
    if missing:
        raise problem(
            index, Sentence("its vocabulary cannot write %1 of the 256 bytes (<0x%2> is missing)", len(missing), f"{missing[0]:02X}")
        )
