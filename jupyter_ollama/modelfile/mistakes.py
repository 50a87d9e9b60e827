"""What is said about a Modelfile that does not parse: what and where, the remedy, and Ollama's own words."""

from __future__ import annotations

import re

from ..errors import ModelfileError, OllamaError
from ..options import ALIASES, OPTIONS
from .command import KEYWORDS, ROLES
from .places import Places
from .spelling import meant

_WORD = re.compile(r"\w{0,40}")

NO_FROM = "no FROM line"
UNEXPECTED_EOF = "unexpected EOF"
BAD_COMMAND = 'command must be one of {}, or "{}"'.format(", ".join(f'"{word}"' for word in KEYWORDS[:-1]), KEYWORDS[-1])
BAD_ROLE = 'message role must be one of "system", "user", or "assistant"'

_ALL = f"Instructions are {', '.join(KEYWORDS).upper()}."
_EXAMPLES = {
    "from": "FROM llama3.2",
    "license": "LICENSE MIT",
    "template": "TEMPLATE {{ .Prompt }}",
    "system": "SYSTEM You are a helpful assistant.",
    "adapter": "ADAPTER ./my-lora",
    "draft": "DRAFT ./small-model",
    "renderer": "RENDERER qwen3-coder",
    "parser": "PARSER qwen3-coder",
    "parameter": "PARAMETER temperature 0.7",
    "message": "MESSAGE user Hello!",
    "requires": "REQUIRES 0.14.0",
}


class Mistakes:
    """Makes the errors about one text. Every method takes the offset of what is wrong."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._text = places.text

    def error(self, offset: int, message: str, hint: str, *, text: str, **facts: object) -> ModelfileError:
        line, column = self._places.at(offset)
        return ModelfileError(
            f"Line {line}, column {column}: {message}", hint=hint, line=line, column=column, text=text,
            source_line=self._places.source_line(line), **facts,
        )  # fmt: skip

    def because(self, offset: int, cause: OllamaError) -> ModelfileError:
        """The same mistake, with its place."""
        facts = {"text": cause.message, **cause.facts}
        return self.error(offset, cause.message, cause.hint or "", **facts)

    def unknown_instruction(self, offset: int, word: str, stop: int, hint: str = "") -> ModelfileError:
        """A word that is no keyword; ``stop`` is the offset of the character that ended it."""
        guess = self._guess(word, stop)
        hint = " ".join(part for part in (guess and f"Did you mean {guess}?", hint) if part)
        return self.error(
            offset, f"{_short(self._whole(word, stop))} is not an instruction.", hint or _ALL,
            text=f"(line {self._places.ollama_line(stop)}): {BAD_COMMAND}",
        )  # fmt: skip

    def bad_separator(self, offset: int, keyword: str, stop: int) -> ModelfileError:
        """A keyword that is not followed by a blank."""
        example = f"Write a blank and the value behind it, for example {_EXAMPLES[keyword.lower()]}"
        character = self._text[stop]
        if character in "\r\n":
            message = f"{keyword} has no value."
        elif character.isspace():
            message = f"{keyword} is followed by a special blank (U+{ord(character):04X})."
            example = f"Write an ordinary blank behind {keyword}."
        else:
            message = f"{keyword} is followed by {character!r}, not by a blank."
        return self.error(offset, message, example, text=f"(line {self._places.ollama_line(stop)}): {BAD_COMMAND}")

    def unfinished(self, offset: int, word: str) -> ModelfileError:
        """The text ends in the middle of an instruction."""
        if word.lower() in KEYWORDS:
            message, hint = f"{word} has no value.", f"Write one, for example {_EXAMPLES[word.lower()]}"
        else:
            message = f"{_short(word)} is not an instruction, and the file ends behind it."
            guess = self._guess(word, len(self._text))
            hint = f"Did you mean {guess}?" if guess else "Remove the word, or put the text it belongs to in quotes."
        return self.error(offset, message, hint, text=UNEXPECTED_EOF)

    def bad_key(self, offset: int, key: str, stop: int) -> ModelfileError:
        """PARAMETER without a good key and a blank behind it."""
        if stop >= len(self._text) or self._text[stop] in "\r\n":
            message = f"parameter {key} has no value." if key else "PARAMETER has neither a name nor a value."
            hint = f"Write PARAMETER {key or 'temperature'} and a value, on one line."
        else:
            message = f"a parameter's name cannot contain {self._text[stop]!r}."
            hint = "Names are letters, digits and underscores, like num_ctx; then a blank and the value."
        return self.error(offset, message, hint, text=self._eof(key, stop))

    def bad_role(self, offset: int, role: str, stop: int) -> ModelfileError:
        """MESSAGE without a role, with another role, or with nothing behind the role."""
        at_end = stop >= len(self._text)
        if not at_end and self._text[stop] in " \t":
            text = f"(line {self._places.ollama_line(stop)}): {BAD_ROLE}"
        else:
            text = self._eof(role, stop)
        if role in ROLES:
            message, hint = f"the MESSAGE of {role} has no text.", f"Write it on the same line: MESSAGE {role} Hello!"
        elif role:
            message, hint = f"{_short(role)} is not a role.", "A MESSAGE is from system, user or assistant, in small letters."
        elif not at_end and self._text[stop] in " \t":
            message, hint = "two blanks follow MESSAGE.", "Write exactly one, and then system, user or assistant."
        else:
            message, hint = "MESSAGE has no role.", "Write for example MESSAGE user Hello!"
        return self.error(offset, message, hint, text=text)

    def open_quote(self, offset: int, quote: str, text_behind: bool) -> ModelfileError:
        """A quoted text that never ends."""
        hint = f"Write {quote} at the end of the last line of the text."
        if text_behind:
            hint = f"More text follows {quote} on its line, which keeps the quote open: {quote} must be the last thing on a line."
        return self.error(offset, f"the text that {quote} opens here is never closed.", hint, text=UNEXPECTED_EOF)

    def no_from(self, hint: str = "") -> ModelfileError:
        hint = hint or "Write FROM and a model's name, a GGUF file or a folder, for example FROM llama3.2"
        return self.error(0, "there is no FROM line.", hint, text=NO_FROM)

    def _eof(self, word: str, stop: int) -> str:
        return UNEXPECTED_EOF if stop >= len(self._text) else f"{UNEXPECTED_EOF}: {word}"

    def _guess(self, word: str, stop: int) -> str | None:
        whole = self._whole(word, stop).lower()
        return f"PARAMETER {whole}" if whole in OPTIONS or whole in ALIASES else meant(word)

    def _whole(self, word: str, stop: int) -> str:
        """The word with the digits and underscores that end a keyword but not a word."""
        behind = _WORD.match(self._text, stop)
        return word + behind[0] if behind else word


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"
