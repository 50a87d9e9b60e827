"""The tokenizer files of a folder, with the checks that everything else relies on.

tokenizer.json          vocabulary, merges, added tokens, pre-tokenizer, post-processor
tokenizer_config.json   which tokens are BOS, EOS ..., the chat template
special_tokens_map.json the same, in older folders
added_tokens.json       tokens that were added to a SentencePiece vocabulary
vocab.txt               the tokens of an old BERT, one a line
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...errors import SourceError
from ...sentences import Sentence
from ..folder import Folder

JSON = "tokenizer.json"
CONFIG = "tokenizer_config.json"
ADDED = "added_tokens.json"
SPECIAL_MAP = "special_tokens_map.json"
MAX_TOKENS = 4_000_000
LINES = "vocab.txt"
SPECIAL = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")
BERT = {"unk": "[UNK]", "sep": "[SEP]", "pad": "[PAD]", "cls": "[CLS]", "mask": "[MASK]"}
"""The special tokens of a vocab.txt, unless other files name others."""


@dataclass(frozen=True, slots=True)
class Added:
    """A token that was added to the base vocabulary; ``configured`` when another file than tokenizer.json says so."""

    id: int
    text: str
    special: bool
    configured: bool


class TokenizerFiles:
    """What a folder says about its tokenizer."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.json = folder.json(JSON) or {}
        self.config = folder.json(CONFIG) or {}

    @property
    def model(self) -> dict[str, Any]:
        """The ``model`` part of tokenizer.json."""
        return self.part("model")

    def part(self, name: str) -> dict[str, Any]:
        """A part of tokenizer.json that is an object, or an empty one."""
        held = self.json.get(name)
        return held if isinstance(held, dict) else {}

    def vocabulary(self) -> dict[str, int]:
        """Token to id, as tokenizer.json has it.

        Raises: SourceError when it is not a mapping of texts to different ids.
        """
        held = self.model.get("vocab")
        if not isinstance(held, dict) or not held:
            raise self.fail(JSON, "has no vocabulary")
        for text, number in held.items():
            self._check(JSON, number, text)
        if len(set(held.values())) != len(held):
            raise self.fail(JSON, "gives one id to several tokens")
        return held

    def added(self) -> list[Added]:
        """Added tokens from all places, ordered by id; what tokenizer_config.json says comes last and counts.

        Raises: SourceError.
        """
        found = {token.id: token for token in (*self._of_json(), *self._of_added(), *self._of_config())}
        named = set(self.special_texts().values()) | set(self._extra_special())
        return [replace(token, special=token.special or token.text in named) for token in sorted(found.values(), key=lambda t: t.id)]

    def _of_json(self) -> Iterator[Added]:
        for entry in dicts(self.json.get("added_tokens")):
            yield self._added(JSON, entry.get("id"), entry)

    def _of_added(self) -> Iterator[Added]:
        for text, number in (self.folder.json(ADDED) or {}).items():
            yield self._added(ADDED, number, {"content": text})

    def _of_config(self) -> Iterator[Added]:
        held = self.config.get("added_tokens_decoder")
        for key, entry in held.items() if isinstance(held, dict) else ():
            if isinstance(entry, dict):
                yield self._added(CONFIG, int(key) if key.isdecimal() and len(key) < 10 else None, entry)

    def _added(self, name: str, number: Any, entry: dict[str, Any]) -> Added:
        text: Any = entry.get("content")
        self._check(name, number, text)
        return Added(number, text, bool(entry.get("special")), name != JSON)

    def _check(self, name: str, number: Any, text: Any) -> None:
        if type(number) is not int or not 0 <= number < MAX_TOKENS or not isinstance(text, str):
            raise self.fail(name, Sentence("has the token %1 with the id %2", repr(text), repr(number)))

    @property
    def name(self) -> str:
        """The file that has the vocabulary."""
        return JSON if self.json or not self.folder.has(LINES) else LINES

    def special_texts(self) -> dict[str, str]:
        """The texts of ``bos``, ``eos`` ... by name. Where none begins or ends a text, BERT's ``cls`` and ``sep`` do."""
        older = self.folder.json(SPECIAL_MAP) or {}
        found = dict(BERT) if self.name == LINES else {}
        for kind in SPECIAL:
            for entry in (older.get(f"{kind}_token"), self.config.get(f"{kind}_token")):
                text = entry.get("content") if isinstance(entry, dict) else entry
                if isinstance(text, str) and text:
                    found[kind] = text
        for kind, other in (("bos", "cls"), ("eos", "sep")):
            if other in found:
                found.setdefault(kind, found[other])
        return found

    def _extra_special(self) -> Iterator[str]:
        for name in ("additional_special_tokens", "extra_special_tokens"):
            held = self.config.get(name)
            for entry in held if isinstance(held, list) else held.values() if isinstance(held, dict) else ():
                text = entry.get("content") if isinstance(entry, dict) else entry
                if isinstance(text, str):
                    yield text

    def fail(self, name: str, what: str, hint: str = "Download the model's tokenizer files again.") -> SourceError:
        """An error about one of the files."""
        return self.folder.fail(name, what, hint)


def dicts(held: Any) -> Iterator[dict[str, Any]]:
    """The objects in a list; what is no object, or no list, is passed over."""
    for entry in held if isinstance(held, list) else ():
        if isinstance(entry, dict):
            yield entry
