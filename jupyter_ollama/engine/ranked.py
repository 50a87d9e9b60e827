"""Log-probabilities on their way from an engine process: for each token a row, itself first and then the most probable ones.

    int32    rows, then for each the number of its entries
    int32    for each entry its token and the length of its text
    float32  for each entry its log-probability
    bytes    all texts
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import EngineError
from ..events import Token
from ..scores import Distribution, Logprob, Logprobs
from .frames import Frame, pack_ids, unpack_ids, unpack_pieces

Entry = tuple[int, float, bytes]
Row = Sequence[Entry]


def pack_ranked(rows: Iterable[Row]) -> bytes:
    """Rows as a payload."""
    rows = list(rows)
    entries = [entry for row in rows for entry in row]
    numbers = [number for token, _, text in entries for number in (token, len(text))]
    head = pack_ids([len(rows), *map(len, rows), *numbers])
    return b"".join((head, pack_floats(value for _, value, _ in entries), *(text for _, _, text in entries)))


def unpack_ranked(payload: bytes) -> list[list[Entry]]:
    """What ``pack_ranked`` packed. Raises: EngineError if the lengths do not add up."""
    n_rows = unpack_ids(payload[:4])[0] if len(payload) >= 4 else -1
    start = 4 + 4 * n_rows
    counts = unpack_ids(payload[4:start]) if 0 <= n_rows <= len(payload) // 4 else [-1]
    total = sum(counts)
    texts_at = start + 12 * total
    if min(counts, default=0) < 0 or total > len(payload) // 12 or len(payload) < texts_at:
        raise _broken()
    numbers = unpack_ids(payload[start : start + 8 * total])
    values = unpack_floats(payload[start + 8 * total : texts_at])
    entries: list[Entry] = []
    for token, size, value in zip(numbers[::2], numbers[1::2], values, strict=True):
        entries.append((token, value, payload[texts_at : texts_at + size]))
        texts_at += size
    if texts_at != len(payload):
        raise _broken()
    found = iter(entries)
    return [[next(found) for _ in range(count)] for count in counts]


def pack_floats(values: Iterable[float]) -> bytes:
    """Numbers as a payload: 32-bit little endian."""
    numbers = array("f", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpack_floats(payload: bytes) -> array[float]:
    """Numbers from a payload. Raises: EngineError if it is not a whole number of them."""
    if len(payload) % 4:
        raise _broken()
    numbers = array("f", payload)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def tokens_of(frame: Frame) -> list[Token]:
    """The tokens of an answer, with their log-probabilities where these came along."""
    size = frame.fields.get("pieces", len(frame.payload))
    pieces, rows = unpack_pieces(frame.payload[:size]), frame.payload[size:]
    if not rows:
        return [Token(token, piece) for token, piece in pieces]
    return [Token(token, piece, _logprob(row)) for (token, piece), row in zip(pieces, unpack_ranked(rows), strict=True)]


def logprobs_of(frame: Frame) -> Logprobs:
    """The tokens of a text that was scored."""
    return Logprobs(map(_logprob, unpack_ranked(frame.payload)))


def distributions_of(beginnings: Sequence[Sequence[int]], frame: Frame) -> list[Distribution]:
    """What may follow each beginning of a text, in the order of their lengths. Raises: EngineError if there are not as many."""
    size, log_sums = frame.fields["top"], frame.fields["log_sums"]
    ranked, values = unpack_ranked(frame.payload[:size]), unpack_floats(frame.payload[size:])
    n_vocab, rest = divmod(len(values), max(1, len(ranked)))
    if rest or not len(ranked) == len(log_sums) == len(beginnings):
        raise _broken()
    tops = [Logprobs(_logprob([entry]) for entry in row) for row in ranked]
    rows = [values[start : start + n_vocab] for start in range(0, len(values), n_vocab)]
    return [
        Distribution(tuple(tokens), row, top, float(log_sum))
        for tokens, row, top, log_sum in zip(beginnings, rows, tops, log_sums, strict=True)
    ]


def _logprob(row: Row) -> Logprob:
    first, *others = (Logprob(text.decode("utf-8", "replace"), value, text, token) for token, value, text in row)
    return replace(first, top_logprobs=tuple(others))


def _broken() -> EngineError:
    return EngineError("The engine process sent a message with a broken list of log-probabilities.")
