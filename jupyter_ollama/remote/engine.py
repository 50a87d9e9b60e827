"""What all hosts have in common: the methods of ``Ollama``, each of which says so where a host lacks it."""

from __future__ import annotations

from typing import Any, NoReturn

from ..address import Address
from ..cards import Card, ShownAs
from ..errors import Unsupported
from ..run import Run, Work
from ..runs import Runs
from ..sentences import Sentence
from ..settings import Settings

_LACKING = (
    *("create", "create_from_file", "chat", "generate", "embed", "score", "next_tokens", "imatrix", "save", "load", "pull", "push", "key"),
    *("tags", "list", "show", "copy", "delete", "prune", "verify", "du", "ps", "stop", "has_blob", "upload", "serve"),
    *("check", "complete", "content", "files", "metadata", "recipe", "removal", "suggestions", "tensors"),
)


class Remote(ShownAs):
    """An engine elsewhere. Used as an ``Ollama`` is; what its host cannot do raises ``Unsupported``."""

    kind = "an engine"

    def __init__(self, address: Address, settings: Settings) -> None:
        self.address, self.settings = address, settings
        self.server = None
        self.runs = Runs()

    def __repr__(self) -> str:
        return f"Ollama(host={str(self.address)!r})"

    def _card(self) -> Card:
        return Card("Ollama", rows={"host": str(self.address), "speaks": self.kind})

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing of it is here."""

    def stop_serving(self) -> None:
        """It does not serve."""

    def __getattr__(self, name: str) -> Any:
        if name not in _LACKING:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

        def lacking(*_: Any, **__: Any) -> NoReturn:
            raise self.lacks(name, name.replace("_", " "))

        return lacking

    def lacks(self, verb: str, what: str) -> Unsupported:
        """The error for what the host cannot do."""
        hint = "Use this machine's own engine for that: %ollama connect --here in a notebook, Ollama() in Python."
        return Unsupported(
            Sentence("%1 speaks %2, which has no %3.", self.address, self.kind, Sentence.of(what)), hint=hint, verb=verb,
            host=str(self.address),
        )  # fmt: skip

    def _run(self, work: Work[Any], verb: str, model: str) -> Run[Any]:
        return self.runs.start(work, verb=verb, model=model)
