"""An engine in plain Python: one token per byte, no weights, no process. For tests, of this package and of what is built on it.

EchoEngine()                         answers with its prompt
EchoEngine("Hello.", b"\\xe4\\xbd", 7)  answers with these pieces; a number is a token of that id without text
"""

from __future__ import annotations

import math
import threading
from array import array
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ..cancelling import CancelToken
from ..errors import ContextFull
from ..events import Token
from ..options import Options
from ..scores import Distribution, Logprob, Logprobs
from ..sentences import Sentence
from .protocol import FREE, NOTHING, Engine, EngineInfo, Form, GenerationEnd, Keep, Loaded, ModelFiles

BOS, EOS, SPECIAL = 256, 257, 300
BOS_TEXT, EOS_TEXT = "<s>", "</s>"


class EchoEngine:
    """An Engine whose tokens are bytes, 256 for ``<s>`` and 257 for ``</s>``; ids from 300 on stand for the scripted pieces.

    Args:
        answer: texts, bytes (a piece each) or numbers (special tokens); without any, the prompt is answered.
        names: the texts of special tokens; they come through where ``generate`` is asked to show them.
        n_ctx: the context.
        add_bos: whether a tokenized text begins with ``<s>``.
        formatted: what is answered instead where a format is asked for.
    """

    def __init__(
        self, *answer: str | bytes | int, n_ctx: int = 4096, add_bos: bool = False, names: Mapping[int, str] | None = None,
        formatted: Sequence[str | bytes | int] = ("{}",),
    ) -> None:  # fmt: skip
        self.answer, self.formatted = answer, formatted
        self.names = dict(names or {})
        self.prompts: list[list[int]] = []
        """The prompts it was given, as tokens; ``last_prompt`` is the last one as text."""
        self.options: list[Options] = []
        self.kept: list[Keep] = []
        self.forms: list[Form] = []
        self.info = EngineInfo(
            n_ctx=n_ctx, n_ctx_train=n_ctx, n_vocab=SPECIAL + len(answer), bos_id=BOS, eos_ids=(EOS,), add_bos=add_bos,
            add_eos=False, bos_text=BOS_TEXT, eos_text=EOS_TEXT, load_duration_ns=0, size_bytes=0, pid=0,
        )  # fmt: skip

    @property
    def last_prompt(self) -> str:
        return self.detokenize(self.prompts[-1]).decode("utf-8", "replace")

    def tokenize(self, text: str, *, add_special: bool = True, parse_special: bool = True) -> list[int]:
        """See ``Engine.tokenize``."""
        tokens = list(_split(text)) if parse_special else list(text.encode())
        if add_special and self.info.add_bos and tokens[:1] != [BOS]:
            tokens.insert(0, BOS)
        return tokens

    def detokenize(self, tokens: Sequence[int], *, special: bool = True) -> bytes:
        """See ``Engine.detokenize``."""
        names = {BOS: BOS_TEXT.encode(), EOS: EOS_TEXT.encode()}
        return b"".join(bytes([token]) if token < BOS else names.get(token, b"") if special else b"" for token in tokens)

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None, form: Form = FREE,
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """See ``Engine.generate``. Honours num_predict, the context's size and a given seed; ``n_keep``: for ten contexts."""
        room = self.info.n_ctx - len(tokens)
        if room < 0:
            raise ContextFull(
                Sentence("The prompt has %1 tokens, the context %2.", len(tokens), self.info.n_ctx),
                hint="Shorten it or set a larger num_ctx.", n_tokens=len(tokens), n_ctx=self.info.n_ctx,
            )  # fmt: skip
        self.prompts.append(list(tokens))
        self.options.append(dict(options))
        self.kept.append(keep)
        self.forms.append(form)
        wanted, seed = options.get("num_predict", -1), options.get("seed", -1)
        assert isinstance(wanted, int)
        assert isinstance(seed, int)
        most = room + 1 if n_keep is None else 10 * self.info.n_ctx
        limit = most if wanted < 0 else min(wanted, most)
        count, reason = 0, "stop"
        for token in self._answer(tokens, shown, self.formatted if form.format else self.answer):
            if cancel.cancelled or count >= limit:
                reason = "cancelled" if cancel.cancelled else "length"
                break
            count += 1
            yield token if form.n_top is None else replace(token, logprob=self._logprob(token.id, token.piece, form.n_top))
        return GenerationEnd(reason, max(seed, 0), len(tokens), 1000 * len(tokens), count + (reason == "stop"), 1000 * (count + 1))

    def score(self, texts: Sequence[Sequence[int]], starts: Sequence[int], n_top: int, options: Options) -> list[Logprobs]:
        """See ``Engine.score``. All tokens are equally probable."""
        return [
            Logprobs(self._logprob(token, self.detokenize([token]), n_top) for token in text[max(start, 1) :])
            for text, start in zip(texts, starts, strict=True)
        ]

    def embed(
        self, texts: Sequence[str], options: Options, *, truncate: bool, width: int, normalized: bool
    ) -> tuple[list[array[float]], int]:
        """See ``Engine.embed``. Two numbers for each text: how many bytes it has, and 1."""
        sizes = [len(text.encode()) for text in texts]
        lengths = [math.hypot(size, 1) if normalized else 1.0 for size in sizes]
        return [array("f", (size / length, 1 / length)) for size, length in zip(sizes, lengths, strict=True)], sum(sizes)

    def next_tokens(self, texts: Sequence[Sequence[int]], n_top: int, options: Options) -> list[Distribution]:
        """See ``Engine.next_tokens``."""
        every = array("f", [-math.log(self.info.n_vocab)]) * self.info.n_vocab
        top = Logprobs(self._logprob(token, self.detokenize([token]), 0) for token in range(n_top))
        return [Distribution(tuple(text), every, top) for text in texts]

    def _logprob(self, token: int, piece: bytes, n_top: int) -> Logprob:
        top = tuple(self._logprob(one, self.detokenize([one]), 0) for one in range(n_top))
        return Logprob(piece.decode("utf-8", "replace"), -math.log(self.info.n_vocab), piece, token, top)

    def _answer(self, prompt: Sequence[int], shown: Sequence[str], answer: Sequence[str | bytes | int]) -> Iterator[Token]:
        if not answer:
            yield from (Token(token, bytes([token])) for token in prompt if token < BOS)
        for number, piece in enumerate(answer):
            if isinstance(piece, int):
                name = self.names.get(piece, "")
                yield Token(piece, name.encode() if name in shown else b"")
            else:
                yield Token(SPECIAL + number, piece.encode() if isinstance(piece, str) else piece)


def _split(text: str) -> Iterator[int]:
    """Bytes, and the two special tokens by their names."""
    rest = text
    while rest:
        found = [(rest.index(name), name, token) for name, token in ((BOS_TEXT, BOS), (EOS_TEXT, EOS)) if name in rest]
        if not found:
            yield from rest.encode("utf-8", "replace")
            return
        start, name, token = min(found)
        yield from rest[:start].encode("utf-8", "replace")
        yield token
        rest = rest[start + len(name) :]


class EchoEngines:
    """``Engines`` that lend out one EchoEngine, whatever model is asked for. ``asked`` remembers for what.

    Of several engines each is lent once, and the last one from then on.
    """

    shared = False
    """Nobody else has models here."""

    def __init__(self, *engines: EchoEngine) -> None:
        self._turns = deque(engines or [EchoEngine()])
        self.engine = self._turns.popleft()
        """The one that is lent out; a test may put another in its place."""
        self._lent = False
        self.asked: list[ModelFiles] = []
        self.kept: dict[str, float | None] = {}
        self._lock = threading.Lock()

    @contextmanager
    def acquire(self, model: ModelFiles, options: Options, *, keep_alive: float | None = 300.0, cancel: CancelToken) -> Iterator[Engine]:
        """See ``Engines.acquire``."""
        cancel.check()
        with self._lock:
            self.asked.append(model)
            if self._lent and self._turns:
                self.engine = self._turns.popleft()
            self._lent = True
        yield self.engine
        with self._lock:
            self.kept[model.name] = keep_alive

    def loaded(self, *, loading: bool = False) -> list[Loaded]:
        """The models that were asked for with a keep_alive other than 0."""
        digests = {model.name: model.digest for model in self.asked}
        info = self.engine.info
        return [
            Loaded(name, digests[name], info.size_bytes, info.n_ctx, None, info.pid, "100% CPU", (name,))
            for name, keep_alive in self.kept.items()
            if keep_alive != 0
        ]

    def stop(self, digest_or_name: str) -> bool:
        """See ``Engines.stop``."""
        names = {model.name for model in self.asked if digest_or_name in (model.name, model.digest)}
        stopped = [name for name in names if self.kept.pop(name, 0) != 0]
        return bool(stopped)

    def close(self) -> None:
        """See ``Engines.close``."""
        self.kept.clear()
