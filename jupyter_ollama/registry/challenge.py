"""What a registry wants to know before it answers: the WWW-Authenticate header, read as Ollama reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_CHALLENGE = 8192


@dataclass(frozen=True, slots=True)
class Challenge:
    """``scheme`` is ``bearer``, ``basic`` or whatever else was asked for, in lower case."""

    scheme: str
    realm: str = ""
    service: str = ""
    scope: str = ""

    @classmethod
    def parse(cls, header: str) -> Challenge:
        """Never fails: what is not there is empty.

        >>> Challenge.parse('Bearer realm="https://a/token",service="a",scope="repository:m:pull"').scope
        'repository:m:pull'
        """
        text = header[:MAX_CHALLENGE].strip()
        return cls(text.partition(" ")[0].lower(), _value(text, "realm"), _value(text, "service"), _value(text, "scope"))

    @property
    def scopes(self) -> list[str]:
        """One for each blank between them; an empty scope is one, too."""
        return self.scope.split(" ")


def _value(text: str, key: str) -> str:
    """What stands behind ``key="`` up to a quote that a comma or the end follows."""
    found = re.search(rf'{key}="(.*?)"\s*(?:,|\Z)', text, re.DOTALL)
    return found[1] if found else ""
