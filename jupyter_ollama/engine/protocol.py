"""What an engine is: one loaded model that turns tokens into tokens. Templates, reply parsing and truncation only know this."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, Self

from ..cancelling import CancelToken
from ..events import Token
from ..options import Options
from ..scores import Distribution, Logprobs

SMALL_MODEL_BYTES = 32_000_000
"""Below this size a token takes one thread a millisecond or two, and threads would spend more on waiting for each other."""
DEFAULT_N_CTX = 4096
MIN_N_CTX = 4
MAX_UBATCH = 512
"""So many tokens of a prompt are computed at once, however large num_batch is."""
MAX_OUTPUTS = 64
"""Rows of logits that one evaluation can give: working space for a row of a large vocabulary is half a megabyte."""
MAX_SEQUENCES = 32
"""Sequences of one context: answers at work, and what idle ones remember."""
MAX_CONTEXTS = 4
CHEAP_BYTES = 64 << 20
"""When nobody says how many contexts to hold: up to 4, as long as the others take no more than this, or than a quarter of the weights."""


@dataclass(frozen=True)
class ModelFiles:
    """What a runner needs of a model: where its weights and adapters lie, and what people call it.

    ``shards`` are all files of a model that is in several, in order; ``path`` is then the first. ``draft`` is a smaller model that guesses
    ahead for this one; None: it has none, or nobody wants it.
    """

    name: str
    digest: str
    path: Path
    adapters: tuple[Path, ...] = ()
    shards: tuple[Path, ...] = ()
    draft: Path | None = None


MIN_FIXED_TOKENS = 256
"""A shorter beginning that all prompts of a model share is not worth a file: evaluating it takes a moment."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What of a request's state may be kept on the disk for later: the first ``fixed`` tokens of its prompt, with which other prompts of
    the model begin as well; if ``conversation``, everything, prompt and answer."""

    fixed: int = 0
    conversation: bool = False


NOTHING = Keep()


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Facts of a loaded model.

    ``n_ctx`` is the context it was given, ``n_ctx_train`` what it was trained for; ``eos_ids`` all tokens that end an answer;
    ``size_bytes`` the memory it takes, ``gpu_bytes`` of it on GPUs; ``pid`` the process it runs in.
    ``draft_problem``: why its draft model is not used.
    """

    n_ctx: int
    n_ctx_train: int
    n_vocab: int
    bos_id: int | None
    eos_ids: tuple[int, ...]
    add_bos: bool
    add_eos: bool
    bos_text: str
    eos_text: str
    load_duration_ns: int
    size_bytes: int
    pid: int
    gpu_bytes: int = 0
    draft_problem: str = ""

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        """Read what ``dataclasses.asdict`` wrote and JSON carried."""
        return cls(**{**fields, "eos_ids": tuple(fields["eos_ids"])})


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked of the tokens of an answer: the ``format`` they follow (as ``schema.as_format`` returns it), and whether the
    log-probability of each comes along, with those of the ``n_top`` most probable ones (None: no)."""

    format: str = ""
    n_top: int | None = None


FREE = Form()


@dataclass(frozen=True, slots=True)
class GenerationEnd:
    """How an answer ended.

    ``reason`` is "stop" (the model ended it, or repeated one token without end), "length" (num_predict or the context is full) or
    "cancelled". ``seed`` is the one in force. ``prompt_eval_count`` includes the ``prompt_cached_count`` tokens that were still in
    memory from the request before, the duration does not. ``eval_count`` includes the token that ends an answer. ``guessed_count`` tokens
    were guessed ahead, by a draft model or from the text itself; ``accepted_count`` of them were right.
    Units: nanoseconds.
    """

    reason: str
    seed: int = -1
    prompt_eval_count: int = 0
    prompt_eval_duration: int = 0
    eval_count: int = 0
    eval_duration: int = 0
    prompt_cached_count: int = 0
    guessed_count: int = 0
    accepted_count: int = 0


class Engine(Protocol):
    """A loaded model."""

    @property
    def info(self) -> EngineInfo: ...

    def tokenize(self, text: str, *, add_special: bool = True, parse_special: bool = True) -> list[int]:
        """Ids of a text. ``add_special`` adds BOS and EOS where the model wants them (never a second BOS); ``parse_special``
        reads the names of special tokens as these tokens."""
        ...

    def detokenize(self, tokens: Sequence[int], *, special: bool = True) -> bytes:
        """The bytes of tokens, which may begin or end within a character; special tokens by their names, if asked for."""
        ...

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None, form: Form = FREE,
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """Answer a prompt, token by token. Requests that come at once, from any thread, are answered at once.

        When the context is full, the first ``n_keep`` tokens stay and half of the others make room; without it the answer
        ends there. Requests that begin alike share what they have in common: several answers to one prompt are several
        calls, and the prompt is evaluated once.
        Cancelling ends it within a token, with reason "cancelled". Special tokens have empty pieces, but for those that are named in
        ``shown``; the one that ends the answer is not yielded. ``form`` says what the tokens have to follow.
        Raises: ContextFull, EngineCrashed, OptionError.
        """
        ...

    def score(self, texts: Sequence[Sequence[int]], starts: Sequence[int], n_top: int, options: Options) -> list[Logprobs]:
        """How probable the tokens of texts are, from the token ``start`` of each on, with the ``n_top`` most probable ones at each place.

        A token is judged by all that stand before it; the first of a text cannot be. Of the options, only ``adapter_scale`` matters.
        Raises: ContextFull, EngineError, Cancelled.
        """
        ...

    def embed(
        self, texts: Sequence[str], options: Options, *, truncate: bool, width: int, normalized: bool
    ) -> tuple[list[array[float]], int]:
        """A vector for each text, and how many tokens all of them have. Texts longer than num_ctx lose their end, or are refused.

        Shapes: (n_embd,) each, or (width,) where that is less and not 0; their length is 1 if ``normalized``.
        Raises: ContextFull, EngineError, Cancelled.
        """
        ...

    def next_tokens(self, texts: Sequence[Sequence[int]], n_top: int, options: Options) -> list[Distribution]:
        """What may follow each text. Raises: ContextFull, EngineError, Cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory. ``expires_at`` is when it is unloaded if nobody asks for it again; None: never.

    ``names`` are all it was asked for by, ``name`` the last of them. ``gpu_bytes`` is the part of ``size_bytes`` that lies on GPUs.
    """

    name: str
    digest: str
    size_bytes: int
    n_ctx: int
    expires_at: datetime | None
    pid: int
    processor: str
    names: tuple[str, ...] = ()
    gpu_bytes: int = 0


def context_length(wanted: int, trained: int) -> int:
    """The context to give a model: what is wanted, or 4096, at most what it was trained for, at least 4."""
    length = wanted if wanted > 0 else DEFAULT_N_CTX
    return max(MIN_N_CTX, min(length, trained) if trained > 0 else length)
