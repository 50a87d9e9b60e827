"""A model by name, wherever it is: in the store, or else in its registry, from where it is pulled."""

from __future__ import annotations

from collections.abc import Generator

from ..cancelling import CancelToken
from ..errors import ModelNotFound, Unreachable
from ..events import Progress
from ..registry import Registry
from ..sentences import Sentence, together
from ..store import Store, StoredModel
from .pull import bring
from .resolve import resolve


def obtain(store: Store, registry: Registry, text: str, cancel: CancelToken) -> Generator[Progress, None, StoredModel]:
    """Open a model by name, after pulling it if it is not there.

    Raises: what ``resolve`` and ``pull`` raise; ModelNotFound also when its registry cannot be reached.
    """
    try:
        return (yield from resolve(store, text, cancel))
    except ModelNotFound as missing:
        try:
            yield from bring(store, registry, text, cancel=cancel)
        except Unreachable as trouble:
            hint = together(missing.hint, Sentence("It cannot be pulled: %1", Sentence.of(trouble.message)))
            raise ModelNotFound(missing.message, hint=hint, **missing.facts) from trouble
    return (yield from resolve(store, text, cancel))
