"""``FROM hf.co/org/repo``: a repository on Hugging Face's Hub, told from its name alone. Nothing is asked or opened.

    hf.co/org/repo              whatever its newest state has
    hf.co/org/repo@<revision>   the folder of a branch, a tag or a commit
    hf.co/org/repo:<tag>        a GGUF file of it, which is a model in a registry: not this
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InvalidName
from ..sentences import Sentence

HOST = "hf.co"
MAIN = "main"
_NAME = re.compile(r"(?:https://)?(?:hf\.co|huggingface\.co)/([^/@:]+)/([^/@:]+)(?::latest)?/?(@.*)?", re.ASCII | re.IGNORECASE)
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+/-]{0,254}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubName:
    """Owner, repository, and the revision if one was named. ``str()`` gives what FROM may say."""

    owner: str
    repository: str
    revision: str = ""

    @classmethod
    def of(cls, text: str) -> HubName | None:
        """What FROM names on the Hub; None when it is something else.

        Raises: InvalidName for a place there that cannot exist.
        """
        found = _NAME.fullmatch(text)
        if found is None:
            return None
        owner, repository, revision = found[1], found[2], found[3]
        if not (_PART.fullmatch(owner) and _PART.fullmatch(repository)):
            return None
        if revision is not None and (not _REVISION.fullmatch(revision[1:]) or ".." in revision):
            raise InvalidName(
                Sentence("%1: %2 cannot be a revision.", repr(text), repr(revision[1:])),
                hint="Write a branch, a tag or a commit behind the @.", name=text,
            )  # fmt: skip
        return cls(owner, repository, (revision or "")[1:])

    @property
    def id(self) -> str:
        """``org/repo``."""
        return f"{self.owner}/{self.repository}"

    @property
    def is_pinned(self) -> bool:
        """Whether it can never mean anything else: it names a commit."""
        return _COMMIT.fullmatch(self.revision) is not None

    def __str__(self) -> str:
        return f"{HOST}/{self.id}" + (f"@{self.revision}" if self.revision else "")
