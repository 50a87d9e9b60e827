"""A loaded model in a process of its own, as the kernel sees it."""

from __future__ import annotations

import itertools
from array import array
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

from ..cancelling import CancelToken
from ..errors import Cancelled, EngineError
from ..events import Token
from ..options import Options
from ..scores import Distribution, Logprobs
from .beginnings import FLOATS_AT_ONCE, groups
from .frames import Frame, pack_ids, unpack_ids
from .link import Link, Mailbox
from .protocol import FREE, NOTHING, EngineInfo, Form, GenerationEnd, Keep, ModelFiles
from .ranked import distributions_of, logprobs_of, tokens_of, unpack_floats
from .record import Record
from .snapshots import SnapshotRules
from .watch import Watch

Request = tuple[str, dict[str, object], bytes]
"""What ``Runner.ask_all`` takes: kind, fields and payload of a frame."""

TEXTS_AT_ONCE = 32
"""Texts to be embedded that go in one message."""
MAX_ASKED = 64
"""How many requests for numbers one caller has waiting at once."""
LAST_NUMBERS_S, SNAPSHOT_S = 1.0, 30.0
"""How long a cancelled request waits for its final numbers; these come when its state was written, if that shall be kept."""
Retired = Literal["ends now", "ends later", "stays", "silent"]
ANSWERS_WITHIN_S = 5.0
"""How long a runner may take to say yes or no: that needs no turn of its loop."""


class Runner:
    """A process that serves one model. Several threads may use it at once. ``leaving``: it is given to nobody any more."""

    def __init__(self, record: Record, link: Link, patience_s: float) -> None:
        self.record = record
        self.leaving = False
        self._info: EngineInfo | None = None
        self._link = link
        self._requests = itertools.count(1)
        Watch(link, patience_s)

    @property
    def info(self) -> EngineInfo:
        assert self._info is not None, "it is lent out after it was loaded"
        return self._info

    @property
    def alive(self) -> bool:
        return self._link.alive and not self._link.farewell

    @property
    def loaded(self) -> bool:
        """Whether it has told us that its model is in memory."""
        return self._info is not None

    def hold(self, model: ModelFiles, keep_alive_s: float, limit: int, cancel: CancelToken) -> int | None:
        """Begin to use it. Returns what ``release`` takes, or None when it is about to end.

        Args:
            keep_alive_s: how long it stays after this use, if that is the last; negative for ever.
            limit: how many may hold it at once.
        Raises: EngineBusy, EngineCrashed, Cancelled.
        """
        number = next(self._requests)
        fields = {"name": model.name, "digest": model.digest, "keep_alive_s": keep_alive_s, "limit": limit}
        try:
            with self._link.mailbox(number) as box:
                self._link.send(Frame("hold", number, fields))
                return number if box.receive(cancel).kind == "held" else None
        except Cancelled:
            self.release(number)
            raise

    def release(self, hold: int) -> None:
        """End a use. When this returns, the record says so, and a runner whose time was over has ended."""
        with suppress(EngineError), self._link.mailbox(hold) as box:
            self._link.send(Frame("release", hold))
            box.poll(ANSWERS_WITHIN_S)

    def retire(self, *, alone: bool = False, idle: bool = False) -> Retired:
        """Have it end when nobody uses it any more; ``alone``: only if nobody but we ever did; ``idle``: only if nobody does."""
        number = next(self._requests)
        with suppress(EngineError), self._link.mailbox(number) as box:
            self._link.send(Frame("retire", number, {"alone": alone, "idle": idle}))
            answer = box.poll(ANSWERS_WITHIN_S)
            if answer is None:
                return "silent"
            return "stays" if not answer.fields["done"] else "ends now" if answer.fields["idle"] else "ends later"
        return "ends now"

    def wait_ended(self, seconds: float) -> bool:
        """Wait for its end. Returns whether it came."""
        return self._link.wait_ended(seconds)

    def close(self) -> None:
        """Have nothing to do with it any more: a private one ends."""
        self._link.close()

    def kill(self) -> None:
        """End it; requests that are under way fail."""
        self._link.kill()

    def load(self, model: ModelFiles, snapshots: SnapshotRules | None, sizes: dict[str, int], cancel: CancelToken) -> None:
        """Have it load its weights, and the adapters of this model, unless it has any; ``snapshots`` is what it keeps on the disk then,
        ``sizes`` are for GPUs (budget.py).

        Raises: LoadError, EngineCrashed, Cancelled.
        """
        if self._info is not None:
            return
        record = self.record
        fields: dict[str, object] = {
            "name": model.name, "paths": record.paths, "adapters": _absolute(model.adapters), "options": record.options,
            "extra_buffers": record.extra_buffers, **record.setup, "n_parallel": record.n_contexts,
            "snapshots": None if snapshots is None else snapshots.to_fields(), "sizes": sizes, "draft": record.draft,
        }  # fmt: skip
        self._info = EngineInfo.from_fields(dict(self.ask("load", fields, b"", cancel).fields))

    def ask(self, kind: str, fields: dict[str, object], payload: bytes, cancel: CancelToken | None) -> Frame:
        """Send a request and wait for its one answer. Raises: Cancelled, EngineCrashed, what the child answers."""
        with self._link.mailbox(next(self._requests)) as box:
            self._link.send(Frame(kind, box.request, fields, payload))
            return box.receive(cancel)

    def ask_all(self, requests: Sequence[Request], cancel: CancelToken) -> Iterator[Frame]:
        """Send requests at once, though not more of them than ``MAX_ASKED``, and yield their answers in their order.

        Raises: Cancelled, EngineCrashed, what the child answers; what is left is then cancelled.
        """
        waiting: deque[Mailbox] = deque()
        try:
            for kind, fields, payload in requests:
                if len(waiting) == MAX_ASKED:
                    yield self._answer(waiting, cancel)
                waiting.append(self._link.mailbox(next(self._requests)))
                self._link.send(Frame(kind, waiting[-1].request, fields, payload))
            while waiting:
                yield self._answer(waiting, cancel)
        finally:
            for box in waiting:
                self._cancel(box)
                box.close()

    def _answer(self, waiting: deque[Mailbox], cancel: CancelToken) -> Frame:
        answer = waiting[0].receive(cancel)
        waiting.popleft().close()
        return answer

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None, form: Form = FREE, adapters: Sequence[Path] = (),
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """See ``Engine.generate``. ``adapters`` count for this request."""
        wanted = {name: value for name, value in options.items() if name != "stop"}  # texts are looked for in the kernel
        over = False
        with self._link.mailbox(next(self._requests)) as box:
            fields = {
                "options": wanted, "shown": list(shown), "keep": asdict(keep), "n_keep": n_keep, "form": asdict(form),
                "adapters": list(adapters),
            }  # fmt: skip
            self._link.send(Frame("generate", box.request, fields, pack_ids(tokens)))
            try:
                while True:
                    frame = box.receive(cancel)
                    if frame.kind == "end":
                        over = True
                        return GenerationEnd(**frame.fields)
                    for token in tokens_of(frame):
                        yield token
                        cancel.check()
            except Cancelled:
                over = True
                return self._cancelled(box, SNAPSHOT_S if keep.conversation else LAST_NUMBERS_S)
            except EngineError:
                over = True
                raise
            finally:
                if not over:  # nobody wants the rest
                    self._cancel(box)

    def _cancelled(self, box: Mailbox, patience_s: float) -> GenerationEnd:
        """The numbers of an answer whose rest nobody hears, even where it had come to its end by then."""
        self._cancel(box)
        with suppress(EngineError):  # it died meanwhile; the caller has no more use for it
            while (frame := box.poll(patience_s)) is not None:
                if frame.kind == "end":
                    return replace(GenerationEnd(**frame.fields), reason="cancelled")
        return GenerationEnd("cancelled")

    def _cancel(self, box: Mailbox) -> None:
        with suppress(EngineError):
            self._link.send(Frame("cancel", box.request))


class Lease:
    """A runner in the hands of one caller: an Engine whose waiting ends when that caller is cancelled, with the adapters of the model
    that was asked for. ``draft_problem``: why it is used without the draft model."""

    def __init__(self, runner: Runner, model: ModelFiles, cancel: CancelToken, draft_problem: str = "") -> None:
        self._runner, self._draft_problem = runner, draft_problem
        self._adapters, self._drafted = _absolute(model.adapters), model.draft is not None
        self._cancel = cancel

    @property
    def info(self) -> EngineInfo:
        info = self._runner.info
        return replace(info, draft_problem=self._draft_problem or (info.draft_problem if self._drafted else ""))

    def tokenize(self, text: str, *, add_special: bool = True, parse_special: bool = True) -> list[int]:
        """See ``Engine.tokenize``."""
        fields: dict[str, object] = {"add_special": add_special, "parse_special": parse_special}
        return unpack_ids(self._runner.ask("tokenize", fields, text.encode("utf-8", "replace"), self._cancel).payload)

    def detokenize(self, tokens: Sequence[int], *, special: bool = True) -> bytes:
        """See ``Engine.detokenize``."""
        return self._runner.ask("detokenize", {"special": special}, pack_ids(tokens), self._cancel).payload

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None, form: Form = FREE,
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """See ``Engine.generate``. A draft model that the runner has for another model does not guess for this one."""
        options = options if self._drafted else {**options, "draft_num_predict": 0}
        return self._runner.generate(
            tokens, options, cancel, shown=shown, keep=keep, n_keep=n_keep, form=form, adapters=self._adapters
        )

    def score(self, texts: Sequence[Sequence[int]], starts: Sequence[int], n_top: int, options: Options) -> list[Logprobs]:
        """See ``Engine.score``."""
        fields = {"n_top": n_top, "options": options, "adapters": list(self._adapters)}
        requests: list[Request] = [
            ("score", {**fields, "start": start}, pack_ids(text)) for text, start in zip(texts, starts, strict=True)
        ]
        return [logprobs_of(answer) for answer in self._runner.ask_all(requests, self._cancel)]

    def embed(
        self, texts: Sequence[str], options: Options, *, truncate: bool, width: int, normalized: bool
    ) -> tuple[list[array[float]], int]:
        """See ``Engine.embed``."""
        fields = {
            "limit": options.get("num_ctx") or 0, "truncate": truncate, "width": width, "normalized": normalized, "options": options,
            "adapters": list(self._adapters),
        }  # fmt: skip
        requests: list[Request] = []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            encoded = [text.encode("utf-8", "replace") for text in texts[start : start + TEXTS_AT_ONCE]]
            requests.append(("embed", {**fields, "sizes": [len(text) for text in encoded]}, b"".join(encoded)))
        vectors: list[array[float]] = []
        n_tokens = 0
        for answer in self._runner.ask_all(requests, self._cancel):
            numbers, count = unpack_floats(answer.payload), answer.fields["n_texts"]
            size = len(numbers) // count if count else 0
            vectors += [numbers[start : start + size] for start in range(0, size * count, size or 1)]
            n_tokens += answer.fields["n_tokens"]
        return vectors, n_tokens

    def next_tokens(self, texts: Sequence[Sequence[int]], n_top: int, options: Options) -> list[Distribution]:
        """See ``Engine.next_tokens``."""
        fields = {"n_top": n_top, "options": options, "adapters": list(self._adapters)}
        given = [tuple(text) for text in texts]
        grouped = list(groups(given, max(1, FLOATS_AT_ONCE // max(1, self.info.n_vocab))))
        requests: list[Request] = [
            ("next", {**fields, "places": [len(one) - 1 for one in group]}, pack_ids(group[-1])) for group in grouped
        ]
        found: dict[tuple[int, ...], Distribution] = {}
        for group, answer in zip(grouped, self._runner.ask_all(requests, self._cancel), strict=True):
            found.update(zip(group, distributions_of(group, answer), strict=True))
        return [found[text] for text in given]


def _absolute(paths: Sequence[Path]) -> list[Path]:
    """A runner may have been started by another kernel, in another folder."""
    return [path.absolute() for path in paths]
