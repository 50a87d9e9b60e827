"""The Modelfile as a value: its commands, and what they say about a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from ..cards import Recipe, ShownAs
from ..errors import OllamaError
from ..messages import Message, MessageLike, as_messages
from ..options import ALIASES, IGNORED, QUANTIZE_KEYS, Options, check_option, parse_option
from .check import check, notes, version
from .command import ROLES, Command, ModelfileWarning
from .encoding import clean, decode
from .lexer import MOST_WARNINGS, Lexer
from .printer import print_commands, print_value

Name = str | PathLike[str]


@dataclass(frozen=True, slots=True, repr=False)
class Modelfile(ShownAs):
    """A recipe for a model. ``str()`` gives its text; two are equal when their commands are.

    >>> modelfile = Modelfile.parse("FROM llama3.2\\nPARAMETER temperature 0.2")
    >>> modelfile.parameters
    {'temperature': 0.2}

    Args:
        commands: the instructions in their order.
        warnings: what works but may not be meant; filled by ``parse``.
        path: the file it was read from; relative names of files count from its folder.
    """

    commands: tuple[Command, ...]
    warnings: tuple[ModelfileWarning, ...] = field(default=(), compare=False)
    path: Path | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, text: str | bytes, *, path: Name | None = None) -> Modelfile:
        """Read the ``text`` of a Modelfile; bytes are UTF-8, or UTF-16 with a byte-order mark. ``path`` is the file it comes from.

        Raises: ModelfileError, with line and column.
        """
        lexer = Lexer(clean(decode(text) if isinstance(text, bytes) else text))
        lexed = lexer.run()
        for one in lexed:
            try:
                check(one.command)
            except OllamaError as error:
                at_value = "value" in error.facts or one.command.name in ("requires", "message")
                raise lexer.mistakes.because(one.value_at if at_value else one.key_at, error) from None
        if isinstance(text, bytes) and "\ufffd" in lexer.text:
            lexer.warn(lexer.text.index("\ufffd"), "These bytes are not UTF-8 and became \ufffd. Save the Modelfile as UTF-8.")
        commands = tuple(one.command for one in lexed)
        more = islice(notes(commands), MOST_WARNINGS)
        lexer.warnings += [ModelfileWarning(note, command.line, command.column) for command, note in more]
        warnings = sorted(lexer.warnings, key=lambda warning: (warning.line, warning.column))
        return cls(commands, tuple(warnings), None if path is None else Path(path))

    @classmethod
    def build(
        cls,
        from_: Name | Iterable[Name],
        *,
        adapter: Name | None = None,
        draft: Name | None = None,
        template: str | None = None,
        system: str | None = None,
        renderer: str | None = None,
        parser: str | None = None,
        requires: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        quantize: str | None = None,
        license: str | Iterable[str] = (),  # noqa: A002
        messages: MessageLike | Iterable[MessageLike] = (),
    ) -> Modelfile:
        """Make a Modelfile from Python values; what is None is left out, and so are control characters.

        >>> print(Modelfile.build("llama3.2", system="You are Mario.", parameters={"temperature": 1}), end="")
        FROM llama3.2
        SYSTEM You are Mario.
        PARAMETER temperature 1

        Args:
            from_: a model's name or a path, or several paths.
            adapter, draft, template, system, renderer, parser, requires, quantize: what stands behind the instruction of that name.
            parameters: values of PARAMETER by name; a list gives several lines.
            license: one text or several.
            messages: what MESSAGE says, as ``chat`` takes messages.
        Raises: OptionError for a parameter, ModelfileError for a bad version, ValueError for a role that no MESSAGE can have.
        """
        sources = [from_] if isinstance(from_, str | PathLike) else list(from_)
        licenses = [license] if isinstance(license, str) else list(license)
        single = {"adapter": adapter, "draft": draft, "template": template, "system": system,
                  "renderer": renderer, "parser": parser, "requires": requires}  # fmt: skip
        commands = [Command("model", fspath(source)) for source in sources]
        commands += [Command(name, fspath(value)) for name, value in single.items() if value is not None]
        commands += _parameter_commands(parameters or {})
        commands += [Command("quantize", quantize)] if quantize is not None else []
        commands += [Command("license", text) for text in licenses]
        commands += [_message_command(message) for message in as_messages(messages)]
        cleaned = tuple(Command(command.name, clean(command.args)) for command in commands)
        for command in cleaned:
            check(command)
        return cls(cleaned)

    def __str__(self) -> str:
        return print_commands(self.commands)

    def __repr__(self) -> str:
        return f"<Modelfile from {', '.join(map(repr, self.sources))}, {len(self.commands)} commands>"

    def shown(self) -> Recipe:
        """What is displayed for it."""
        return Recipe(tuple(print_commands((one,)).rstrip("\n") for one in self.commands), tuple(map(str, self.warnings)))

    _card = shown

    @property
    def sources(self) -> tuple[str, ...]:
        """What stands behind each FROM, verbatim: a model's name or a path."""
        return self._all("model")

    @property
    def base(self) -> str | None:
        """The last FROM, which wins where only one can count."""
        return self._last("model")

    @property
    def adapters(self) -> tuple[str, ...]:
        """What stands behind each ADAPTER."""
        return self._all("adapter")

    @property
    def adapter(self) -> str | None:
        """The last ADAPTER, the only one that counts."""
        return self._last("adapter")

    @property
    def drafts(self) -> tuple[str, ...]:
        """What stands behind each DRAFT."""
        return self._all("draft")

    @property
    def template(self) -> str | None:
        """The last TEMPLATE, the only one that counts."""
        return self._last("template")

    @property
    def system(self) -> str | None:
        """The last SYSTEM, the only one that counts."""
        return self._last("system")

    @property
    def renderer(self) -> str | None:
        """The last RENDERER, the only one that counts."""
        return self._last("renderer")

    @property
    def parser(self) -> str | None:
        """The last PARSER, the only one that counts."""
        return self._last("parser")

    @property
    def requires(self) -> str | None:
        """The version of Ollama that is needed, without a ``v``."""
        args = self._last("requires")
        return None if args is None else version(args)

    @property
    def licenses(self) -> tuple[str, ...]:
        """The text of each LICENSE."""
        return self._all("license")

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the MESSAGE lines say, in their order."""
        pairs = (args.partition(": ") for args in self._all("message"))
        return tuple(Message(role, content) for role, _, content in pairs)

    @property
    def quantize(self) -> str | None:
        """The type asked for by ``PARAMETER quantize`` or ``quantization``."""
        return next((command.args for command in reversed(self.commands) if command.name in QUANTIZE_KEYS), None)

    @property
    def parameters(self) -> Options:
        """Parameters by name, each of its type; ``stop`` collects all its values, of the others the last one counts.

        Raises: OptionError if the commands were not checked by ``parse`` or ``build``.
        """
        found: Options = {}
        for command in self.commands:
            if not command.is_parameter or command.name in QUANTIZE_KEYS | IGNORED:
                continue
            name = ALIASES.get(command.name, command.name)
            value = parse_option(name, command.args)
            before = found.get(name)
            found[name] = before + value if isinstance(before, list) and isinstance(value, list) else value
        return found

    def _all(self, name: str) -> tuple[str, ...]:
        return tuple(command.args for command in self.commands if command.name == name)

    def _last(self, name: str) -> str | None:
        return next((command.args for command in reversed(self.commands) if command.name == name), None)


def _parameter_commands(parameters: Mapping[str, Any]) -> list[Command]:
    commands: list[Command] = []
    for name, given in parameters.items():
        if name in QUANTIZE_KEYS:
            commands.append(Command(name, str(given)))
            continue
        value = check_option(name, given)
        values = value if isinstance(value, list) else [] if value is None else [print_value(value)]
        commands += [Command(ALIASES.get(name, name), text) for text in values]
    return commands


def _message_command(message: Message) -> Command:
    if message.role not in ROLES:
        raise ValueError(f"a MESSAGE is from {', '.join(ROLES)}, not from {message.role!r}")
    return Command("message", f"{message.role}: {message.content}")
