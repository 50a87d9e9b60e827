"""What an engine says -> the parts of an answer: tokens to text, text to parts, while they come.

A model that thinks and whose answer follows a format says it in two: it thinks freely; with the first content it is stopped, and what it
has thought becomes part of the prompt of a second generation, whose tokens all follow the format. The prompt is still in memory then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from ..cancelling import CancelToken
from ..engine.protocol import Engine, Form, GenerationEnd, Keep
from ..events import Chunk
from ..options import Options
from ..reply import Reader, Speech, StopFinder, TextDecoder
from ..scores import Logprob
from .prompt import Prompt
from .shifting import Shifting

Parts = Generator[Chunk, None, GenerationEnd]


class Speaking:
    """One answer in the making. ``answered`` has its tokens, ``logprobs`` how probable each was, if the ``form`` asks for that."""

    def __init__(
        self, engine: Engine, prompt: Prompt, options: Options, form: Form, keep: Keep, cancel: CancelToken, *, shift: bool = True
    ) -> None:
        self.logprobs: list[Logprob] = []
        self._given = 0  # so many of them have gone along with a part
        self._engine, self._speaker = engine, Shifting(engine, shift=shift)
        self._prompt, self._options, self._form, self._keep, self._cancel = prompt, options, form, keep, cancel

    @property
    def answered(self) -> list[int]:
        return self._speaker.answered

    def parts(self, speech: Speech | None) -> Parts:
        """The answer. Without ``speech`` all of it is content."""
        prompt, calls = self._prompt.text, speech is not None and speech.must_call
        reader = Reader(replace(speech, must_call=False, tools=()) if speech and calls else speech, prompt)
        formed = Reader(replace(speech, think=False) if speech and calls else None, prompt)
        if self._form.format and reader.may_think:
            return self._thoughts_first(reader, formed)
        reader = formed if calls else reader
        return self._read(self._texts(self._prompt.tokens, self._options, reader.tokens, self._form, self._keep), reader)

    def _texts(
        self, tokens: Sequence[int], options: Options, shown: Sequence[str], form: Form, keep: Keep, *, hold_back: bool = True
    ) -> Texts:
        return Texts(self._speaker, tokens, options, shown, form, keep, self._cancel, self.logprobs, hold_back=hold_back)

    def _read(self, texts: Texts, reader: Reader) -> Parts:
        for text in texts:
            if text:
                yield from self._with_logprobs(reader.feed(text))
        yield from self._with_logprobs(reader.close())
        if self._given < len(self.logprobs):
            yield from self._with_logprobs([Chunk()])
        return texts.end

    def _with_logprobs(self, parts: Sequence[Chunk]) -> Iterator[Chunk]:
        """The parts; the log-probabilities of the tokens that came since the last one go along with the first."""
        for part in parts:
            fresh, self._given = tuple(self.logprobs[self._given :]), len(self.logprobs)
            yield replace(part, logprobs=fresh) if fresh else part

    def _thoughts_first(self, reader: Reader, formed: Reader) -> Parts:
        free, keep = replace(self._form, format=""), replace(self._keep, conversation=False)
        texts = self._texts(self._prompt.tokens, self._options, reader.tokens, free, keep, hold_back=False)
        raw, lengths = "", list[int]()  # what was said, and how much of it after each token
        begins = -1
        for text in texts:
            raw += text
            lengths.append(len(raw))
            parts = reader.feed(text)
            content = "".join(part.content for part in parts)
            if content:
                begins = max(raw.rfind(content), 0)
                texts.stop()
                parts = [part for part in parts if part.thinking]
            yield from self._with_logprobs(parts)
        if begins < 0:
            yield from self._with_logprobs(reader.close())
            return texts.end
        reached = bisect_left(lengths, begins)  # later tokens that add nothing may be bytes of the first character that follows
        count = reached + (lengths[reached] == begins) if begins else 0
        self._forget_after(count, raw, lengths, begins)
        return (yield from self._formed(texts.end, formed))

    def _forget_after(self, count: int, raw: str, lengths: list[int], begins: int) -> None:
        """Only the first tokens stay of the answer, and what stands between them and where the content began."""
        between = raw[lengths[count - 1] if count else 0 : begins]
        del self.answered[count:]
        del self.logprobs[count:]
        self._given = min(self._given, count)
        if between:  # a tag ended within a token
            self.answered.extend(self._engine.tokenize(between, add_special=False))

    def _formed(self, first: GenerationEnd, reader: Reader) -> Parts:
        """The second generation, and the numbers of both."""
        options, said = self._options, len(self.answered)
        limit = options.get("num_predict", -1)
        assert isinstance(limit, int)
        if 0 <= limit <= said or self._cancel.cancelled:
            return replace(first, reason="cancelled" if self._cancel.cancelled else "length", eval_count=said)
        left: Options = {"num_predict": limit - said} if limit >= 0 else {}
        tokens = [*self._prompt.tokens, *self.answered]
        texts = self._texts(tokens, {**options, **left, "seed": first.seed}, (), self._form, self._keep)
        then = yield from self._read(texts, reader)
        return replace(
            first, reason=then.reason, eval_count=said + then.eval_count,
            eval_duration=first.eval_duration + then.prompt_eval_duration + then.eval_duration,
        )  # fmt: skip


class Texts:
    """The text of one generation, token by token: characters stay whole, it ends before a stop string. ``end`` is known afterwards.

    Args:
        logprobs: those of its tokens are added here.
        hold_back: what may become a stop string waits until that is clear. Without it each text is that of one token.
    """

    def __init__(
        self, speaker: Shifting, tokens: Sequence[int], options: Options, shown: Sequence[str], form: Form, keep: Keep, cancel: CancelToken,
        logprobs: list[Logprob], *, hold_back: bool,
    ) -> None:  # fmt: skip
        stops = options.get("stop") or []
        self.end = GenerationEnd("")
        self._decoder, self._finder = TextDecoder(), StopFinder(stops if isinstance(stops, list) else [])
        self._enough, self._stopped, self._hit = CancelToken(), False, False
        self._generation = speaker.generate(tokens, options, self._enough, shown=shown, keep=keep, form=form)
        self._cancel, self._logprobs, self._hold_back = cancel, logprobs, hold_back

    def stop(self) -> None:
        """End the generation; no more text comes."""
        self._stopped = True
        self._enough.cancel()

    def __iter__(self) -> Iterator[str]:
        forget = self._cancel.on_cancel(self._enough.cancel)
        try:
            while True:
                token = next(self._generation)
                if self._stopped:
                    continue
                if token.logprob is not None:
                    self._logprobs.append(token.logprob)
                yield self._feed(token.piece)
        except StopIteration as finished:
            self.end = finished.value
        finally:
            forget()
            self._generation.close()
        if self._hit:
            self.end = replace(self.end, reason="stop")
        elif not self._stopped:
            yield self._rest()

    def _feed(self, piece: bytes) -> str:
        raw = self._decoder.feed(piece)
        text, hit = self._finder.feed(raw)
        if hit is not None:
            self._hit = True
            self.stop()
            return text if self._hold_back else raw[: max(raw.find(hit), 0)]
        return text if self._hold_back else raw

    def _rest(self) -> str:
        raw = self._decoder.flush()
        text, hit = self._finder.feed(raw)
        if not self._hold_back:
            return raw
        return text if hit is not None else text + self._finder.flush()
