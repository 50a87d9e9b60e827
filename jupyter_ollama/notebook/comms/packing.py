"""Items packed into batches: each item JSON for certain, no batch much larger than a bound."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from ...wire.panel.faults import fault

Item = dict[str, Any]
MAX_BATCH_BYTES = 256_000
LOG = logging.getLogger("jupyter_ollama.notebook")


def packed(items: Iterable[Item]) -> Iterator[list[tuple[Item, int]]]:
    """Batches, each item with its size in bytes. An item that is larger than the bound is alone in its batch."""
    batch: list[tuple[Item, int]] = []
    total = 0
    for item in items:
        checked = _checked(item)
        if checked is None:
            continue
        if batch and total + checked[1] > MAX_BATCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(checked)
        total += checked[1]
    if batch:
        yield batch


def _checked(item: Item) -> tuple[Item, int] | None:
    """The item as it can be sent: numbers that are none are null, broken characters a mark. What is no JSON at all becomes an error."""
    try:
        return item, len(json.dumps(item, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:  # NaN, half a surrogate pair, a circle
        try:
            text = json.dumps(item, ensure_ascii=False).encode(errors="replace")
            return json.loads(text, parse_constant=lambda _: None), len(text)
        except (TypeError, ValueError, RecursionError) as error:
            return _failed(item, error)
    except (TypeError, RecursionError) as error:
        return _failed(item, error)


def _failed(item: Item, error: Exception) -> tuple[Item, int] | None:
    LOG.error("an item for the front end is no JSON: %.200r", item, exc_info=error)
    if item.get("id") is None:
        return None
    return _checked({"kind": "error", "id": item["id"], "error": fault(error)})
