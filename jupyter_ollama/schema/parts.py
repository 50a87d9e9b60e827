"""What a plain schema consists of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .scalars import Schema


def parts(schema: Schema) -> Iterator[Schema]:
    """A schema and all that stands in it."""
    yield schema
    inner: list[Any] = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for one in inner:
        yield from parts(one)
