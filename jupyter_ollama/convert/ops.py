"""What rules can do to the rows of a tensor. An op takes rows, its argument and the config, and gives other rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .config import ConfigView
from .rows import Permuted, Rows, height

Op = Callable[[Rows, str, ConfigView], Rows]


def permute(rows: Rows, argument: str, config: ConfigView) -> Rows:
    """Order rows of attention heads for llama.cpp. ``argument`` names the number of heads.

    Raises: SourceError when the rows cannot be divided so.
    """
    n_heads = config.integer(argument)
    if not n_heads or height(rows) % (2 * n_heads):
        raise config.fail(f"{height(rows):,} rows are not {n_heads} heads of pairs", "Config and weights do not belong together.")
    return Permuted(rows, n_heads)


OPS: Mapping[str, Op] = {"permute": permute}
