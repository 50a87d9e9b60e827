"""What rules can do to the rows of a tensor. An op takes rows, its argument and the config, and gives other rows.

Shapes are outermost first (PyTorch's order).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import SourceError
from ..sentences import Sentence
from .config import ConfigView
from .derived import Added, EverySecond, Picked, Transposed
from .rows import Rows, height

Numbers = NDArray[np.int64]
Op = Callable[[Rows, str, ConfigView], Rows]


def permute(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Order rows of attention heads for llama.cpp. ``argument`` names the number of heads.

    Raises: SourceError when the rows cannot be divided so.
    """
    n_heads = config.integer(argument)
    if not n_heads or height(rows) % (2 * n_heads):
        raise unlike(rows, Sentence("%1 heads of pairs", n_heads), config)
    return paired(rows, n_heads)


def paired(rows: Rows, n_heads: int) -> Rows:
    """transformers keeps the first halves of all pairs together, then the second halves; llama.cpp keeps pairs together.

    Shapes: row ``(head, pair, half)`` of the result is row ``(head, half, pair)`` of the source.
    """
    head = height(rows) // n_heads
    return Picked(rows, rows.shape, lambda row: row - row % head + row % head % 2 * (head // 2) + row % head // 2)


def half(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """The first (``argument`` 0) or second (1) half of the second but last dimension: gate and up of experts stored as one.

    Shapes: (experts, 2 * n, width) -> (experts, n, width)
    Raises: SourceError when it has no halves.
    """
    *outer, both, width = rows.shape if len(rows.shape) > 1 else (*rows.shape, 1)
    if both % 2:
        raise unlike(rows, "two halves", config)
    count, first = both // 2, int(argument) * (both // 2)
    return Picked(rows, (*outer, count, width), lambda row: row // count * both + first + row % count)


def add(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Add a number. The sums are F32."""
    return Added(rows, float(argument))


def group(rows: Rows, argument: str, config: ConfigView) -> Picked:
    """Queries (``argument`` q), keys (k) or values (v) of a matrix that has, for each key head, its queries, its key and its value.

    Shapes: (key heads, queries of each + 2, head size) as rows
    Raises: SourceError when the rows are not that many.
    """
    n_groups, size = config.integer("@kv_heads"), config.integer("@head_dim")
    n_queries = config.integer("@heads") // n_groups
    whole = (n_queries + 2) * size
    if height(rows) != n_groups * whole:
        raise unlike(rows, Sentence("%1 groups of %2 queries, a key and a value", n_groups, n_queries), config)
    first = {"q": 0, "k": n_queries, "v": n_queries + 1}[argument] * size
    count = (n_queries if argument == "q" else 1) * size
    return Picked(rows, (n_groups * count, *rows.shape[1:]), lambda row: row // count * whole + first + row % count)


def ungroup(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """The same matrix with the queries of all groups first, then all keys, then all values.

    Shapes: (key heads, queries of each + 2, head size) -> (heads + 2 * key heads, head size), as rows
    Raises: SourceError when the rows are not that many.
    """
    parts = [group(rows, part, config) for part in "qkv"]
    ends = np.cumsum([height(part) for part in parts])

    def place(row: Numbers) -> Numbers:
        q, k, v = (part.place(row - end + height(part)) for part, end in zip(parts, ends, strict=True))
        return np.where(row < ends[0], q, np.where(row < ends[1], k, v))

    return Picked(rows, rows.shape, place)


def skip(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Leave out the first rows, as many as ``argument`` says."""
    first = config.integer(argument)
    if len(rows.shape) != 2 or first >= rows.shape[0]:
        raise unlike(rows, Sentence("more than %1", first), config)
    return Picked(rows, (rows.shape[0] - first, rows.shape[1]), lambda row: row + first)


def mla_keys(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """The keys' part of DeepSeek's kv_b_proj, transposed in each head.

    Shapes: (heads * (key + value), rank) -> (heads, rank, key)
    """
    heads, size, whole = _mla(rows, config)
    return Transposed(rows, heads, whole, size)


def mla_values(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """The values' part of it.

    Shapes: (heads * (key + value), rank) -> (heads, value, rank)
    """
    heads, first, whole = _mla(rows, config)
    count = whole - first
    return Picked(rows, (heads, count, rows.shape[-1]), lambda row: row // count * whole + first + row % count)


def _mla(rows: Rows, config: ConfigView) -> tuple[int, int, int]:
    """Heads, rows of a head's keys, rows of a head.

    Raises: SourceError when the rows are not that many.
    """
    heads, size = config.integer("@heads"), config.integer("qk_nope_head_dim")
    whole = size + config.integer("v_head_dim")
    if len(rows.shape) != 2 or rows.shape[0] != heads * whole or not 0 < size < whole:
        raise unlike(rows, Sentence("%1 heads of %2", heads, whole), config)
    return heads, size, whole


def squeeze(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Leave out dimensions of 1 before the last."""
    return Picked(rows, (*(size for size in rows.shape[:-1] if size != 1), *rows.shape[-1:]), lambda row: row)


def transpose(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Exchange the last two dimensions. A piece of the result needs its whole matrix.

    Shapes: (a, b) -> (b, a), or (experts, a, b) -> (experts, b, a)
    Raises: SourceError for another number of dimensions.
    """
    if len(rows.shape) not in (2, 3) or not math.prod(rows.shape):
        raise unlike(rows, "matrices", config)
    size = rows.shape[-2]
    turned = Transposed(rows, height(rows) // size, size, size)
    return turned if len(rows.shape) == 3 else Picked(turned, turned.shape[1:], lambda row: row)


def every_second(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Every second row from the first (``argument`` 0) or second (1) on.

    Shapes: (experts, 2 * n, width) -> (experts, n, width)
    Raises: SourceError when their number is odd.
    """
    *outer, both, width = rows.shape if len(rows.shape) > 1 else (*rows.shape, 1)
    if both % 2:
        raise unlike(rows, "pairs of rows", config)
    return Picked(rows, (*outer, both // 2, width), lambda row: 2 * row + int(argument))


def every_second_column(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Every second number of each row.

    Shapes: (experts, 2 * n) -> (experts, n)
    Raises: SourceError when their number is odd.
    """
    if len(rows.shape) != 2 or rows.shape[1] % 2:
        raise unlike(rows, "rows of pairs", config)
    return EverySecond(rows, int(argument))


def unlike(rows: Rows, what: str, config: ConfigView) -> SourceError:
    """The error for weights that are not what the config says."""
    return config.fail(Sentence("%1 rows are not %2", f"{height(rows):,}", Sentence.of(what)), "Config and weights do not belong together.")


OPS: Mapping[str, Op] = {
    "permute": permute,
    "half": half,
    "add": add,
    "group": group,
    "ungroup": ungroup,
    "skip": skip,
    "mla_keys": mla_keys,
    "mla_values": mla_values,
    "squeeze": squeeze,
    "transpose": transpose,
    "every_second": every_second,
    "every_second_column": every_second_column,
}
