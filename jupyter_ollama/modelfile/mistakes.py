"""What is said about a Modelfile that does not parse: what and where, the remedy, and Ollama's own words."""

from __future__ import annotations

import re

from ..errors import ModelfileError, OllamaError
from ..options import ALIASES, OPTIONS
from ..sentences import Sentence, together
from .command import KEYWORDS, ROLES
from .places import Places
from .spelling import meant

_WORD = re.compile(r"\w{0,40}")

NO_FROM = "no FROM line"
UNEXPECTED_EOF = "unexpected EOF"
BAD_COMMAND = 'command must be one of {}, or "{}"'.format(", ".join(f'"{word}"' for word in KEYWORDS[:-1]), KEYWORDS[-1])
BAD_ROLE = 'message role must be one of "system", "user", or "assistant"'

_ALL = Sentence("Instructions are %1.", ", ".join(KEYWORDS).upper())
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
            Sentence("Line %1, column %2: %3", line, column, Sentence.of(message)), hint=hint, line=line, column=column, text=text,
            source_line=self._places.source_line(line), reason=message, **facts,
        )  # fmt: skip

    def because(self, offset: int, cause: OllamaError) -> ModelfileError:
        """The same mistake, with its place."""
        facts = {"text": cause.message, **cause.facts}
        return self.error(offset, cause.message, cause.hint or "", **facts)

    def unknown_instruction(self, offset: int, word: str, stop: int, hint: str = "") -> ModelfileError:
        """A word that is no keyword; ``stop`` is the offset of the character that ended it."""
        guess = self._guess(word, stop)
        hint = together(guess and Sentence("Did you mean %1?", guess), hint)
        return self.error(
            offset, Sentence("%1 is not an instruction.", _short(self._whole(word, stop))), hint or _ALL,
            text=f"(line {self._places.ollama_line(stop)}): {BAD_COMMAND}",
        )  # fmt: skip

    def bad_separator(self, offset: int, keyword: str, stop: int) -> ModelfileError:
        """A keyword that is not followed by a blank."""
        example = Sentence("Write a blank and the value behind it, for example %1", _EXAMPLES[keyword.lower()])
        character = self._text[stop]
        if character in "\r\n":
            message = Sentence("%1 has no value.", keyword)
        elif character.isspace():
            message = Sentence("%1 is followed by a special blank (U+%2).", keyword, f"{ord(character):04X}")
            example = Sentence("Write an ordinary blank behind %1.", keyword)
        else:
            message = Sentence("%1 is followed by %2, not by a blank.", keyword, repr(character))
        return self.error(offset, message, example, text=f"(line {self._places.ollama_line(stop)}): {BAD_COMMAND}")

    def unfinished(self, offset: int, word: str) -> ModelfileError:
        """The text ends in the middle of an instruction."""
        hint: str
        if word.lower() in KEYWORDS:
            message, hint = Sentence("%1 has no value.", word), Sentence("Write one, for example %1", _EXAMPLES[word.lower()])
        else:
            message = Sentence("%1 is not an instruction, and the file ends behind it.", _short(word))
            guess = self._guess(word, len(self._text))
            hint = Sentence("Did you mean %1?", guess) if guess else "Remove the word, or put the text it belongs to in quotes."
        return self.error(offset, message, hint, text=UNEXPECTED_EOF)

    def bad_key(self, offset: int, key: str, stop: int) -> ModelfileError:
        """PARAMETER without a good key and a blank behind it."""
        hint: str
        if stop >= len(self._text) or self._text[stop] in "\r\n":
            message = Sentence("parameter %1 has no value.", key) if key else "PARAMETER has neither a name nor a value."
            hint = Sentence("Write PARAMETER %1 and a value, on one line.", key or "temperature")
        else:
            message = Sentence("a parameter's name cannot contain %1.", repr(self._text[stop]))
            hint = "Names are letters, digits and underscores, like num_ctx; then a blank and the value."
        return self.error(offset, message, hint, text=self._eof(key, stop))

    def bad_role(self, offset: int, role: str, stop: int) -> ModelfileError:
        """MESSAGE without a role, with another role, or with nothing behind the role."""
        at_end, message, hint = stop >= len(self._text), "", ""
        if not at_end and self._text[stop] in " \t":
            text = f"(line {self._places.ollama_line(stop)}): {BAD_ROLE}"
        else:
            text = self._eof(role, stop)
        if role in ROLES:
            message, hint = Sentence("the MESSAGE of %1 has no text.", role), Sentence("Write it on the same line: MESSAGE %1 Hello!", role)
        elif role:
            message, hint = Sentence("%1 is not a role.", _short(role)), "A MESSAGE is from system, user or assistant, in small letters."
        elif not at_end and self._text[stop] in " \t":
            message, hint = "two blanks follow MESSAGE.", "Write exactly one, and then system, user or assistant."
        else:
            message, hint = "MESSAGE has no role.", "Write for example MESSAGE user Hello!"
        return self.error(offset, message, hint, text=text)

    def open_quote(self, offset: int, quote: str, text_behind: bool) -> ModelfileError:
        """A quoted text that never ends."""
        hint = Sentence("Write %1 at the end of the last line of the text.", quote)
        if text_behind:
            hint = Sentence("More text follows %1 on its line, which keeps the quote open: %1 must be the last thing on a line.", quote)
        return self.error(offset, Sentence("the text that %1 opens here is never closed.", quote), hint, text=UNEXPECTED_EOF)

    def no_from(self, hint: str = "") -> ModelfileError:
        hint = hint or "Write FROM and a model's name, a GGUF file or a folder, for example FROM llama3.2"
        return self.error(0, "there is no FROM line.", hint, text=NO_FROM)

    def _eof(self, word: str, stop: int) -> str:
        return UNEXPECTED_EOF if stop >= len(self._text) else f"{UNEXPECTED_EOF}: {word}"

    def _guess(self, word: str, stop: int) -> str | None:
        whole = self._whole(word, stop).lower()
        return Sentence("PARAMETER %1", whole) if whole in OPTIONS or whole in ALIASES else meant(word)

    def _whole(self, word: str, stop: int) -> str:
        """The word with the digits and underscores that end a keyword but not a word."""
        behind = _WORD.match(self._text, stop)
        return word + behind[0] if behind else word


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"
