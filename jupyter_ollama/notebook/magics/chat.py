"""``%%chat MODEL``: ask a model; the answer streams into the cell."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from keyword import iskeyword
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import cell_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ...events import Done
from ...messages import Message, Tool, as_tools
from ...options import ALIASES, Options, parse_option
from ..answer import stream
from ..execution import current
from ..formats import read_format
from ..variables import insert
from .base import OllamaMagics, parse

_THINK = {"yes": True, "true": True, "no": False, "false": False}
_NOTHING = object()
_BEYOND = "The message stands below the %%chat line."


@magics_class
class ChatMagic(OllamaMagics):
    """``%%chat``."""

    @cell_magic
    @no_var_expand
    @magic_arguments("%chat")
    @argument("model", help="the model to ask")
    @argument("--system", metavar="TEXT", help="a system message for this cell, instead of the model's own")
    @argument("-o", "--option", action="append", default=[], metavar="NAME=VALUE", help="a parameter for this cell; may be repeated")
    @argument("--new", action="store_true", help="begin a new conversation")
    @argument("--think", nargs="?", const="yes", metavar="LEVEL", help="think before the answer: yes, no, low, medium, high or max")
    @argument("--tools", metavar="NAMES", help="functions of the notebook that the model may ask for, with commas between them")
    @argument("--yes", action="store_true", help="run what the model asks for without asking me")
    @argument("--format", metavar="SCHEMA", help="what the answer must be: json, or a schema or dataclass of the notebook by its name")
    @argument("--raw", action="store_true", help="complete the text as it is: no template, no conversation")
    @argument("--xray", action="store_true", help="show what the model reads: the prompt, taken apart")
    @argument("--snapshot", action="store_true", help="keep its state on the disk: the conversation goes on at once after a restart")
    @argument("--fresh", action="store_true", help="ask the model again, though it has answered just this before")
    @argument("--out", metavar="NAME", help="put the reply into this variable")
    def chat(self, line: str, cell: str) -> None:
        """Ask a model. The answer streams into the cell and is saved with the notebook.

        Each model has one conversation, and it follows the cells: running a cell again replaces its
        question and answer and drops what came after; deleting a cell takes them away.
        {{name}} in the message, in --system and in the value of an option inserts a variable of the
        notebook. Stopping the cell keeps the answer as far as it came. Models that can think do,
        unless --think no says otherwise.
        With --tools you are asked before a function runs; calls and results are shown.
        With a seed (or temperature 0) the answer to a question that was asked just so before is given
        again at once, and says so; --fresh asks the model again.
        --format json asks for JSON; --format Person for what a dataclass or schema of that name describes.

            %%chat mario -o temperature=0 --out reply
            Who are you? My name is {{name}}.

            %%chat mario --tools get_weather,get_time
            Do I need an umbrella in Rome?
        """
        arguments = parse(self.chat, line, _BEYOND)
        _check_out(arguments.out)
        if arguments.system:
            arguments.system = self._insert(arguments.system)
        options = read_options(arguments.option, self._insert)
        think = _THINK.get(arguments.think, arguments.think)
        if not cell.strip():
            raise UsageError(f"there is no message. {_BEYOND}")
        text = self._insert(cell)
        if arguments.raw:
            if arguments.tools or arguments.xray:
                raise UsageError(f"--raw knows no {'tools' if arguments.tools else 'template'}: leave one of the two out.")
            text = text.removesuffix("\n")
            run = self.session.ollama.generate(
                arguments.model, text, raw=True, system=arguments.system, think=think, options=options,
                snapshot=arguments.snapshot, format=read_format(arguments.format, self.shell.user_ns),
            )  # fmt: skip
            stream(run, self.shell, lambda done: self._put_out(arguments.out, done), _asked(arguments, text, think))
        else:
            self._converse(arguments, text.strip("\r\n").rstrip(), options, think)

    def _converse(self, arguments: Any, question: str, options: Options, think: bool | str | None) -> None:
        """Ask within the conversation, and remember the turn."""
        execution, conversation = current(self.shell), self.session.conversations.with_model(arguments.model)
        conversation.rewind(execution)
        before = [] if arguments.new else conversation.messages

        def keep(done: Done) -> None:
            if done.message.content:
                said = replace(done.message, tool_calls=())  # those that were answered are in its turns
                conversation.add(execution, question, said, begins=arguments.new, between=done.turns)
            self._put_out(arguments.out, done)

        messages = [*before, Message("user", question)]
        if arguments.xray:
            self._show_prompt(arguments, messages, options, think)
        run = self.session.ollama.chat(
            arguments.model, messages, tools=functions(arguments.tools, self.shell.user_ns), approve=True if arguments.yes else None,
            think=think, system=arguments.system, options=options, snapshot=arguments.snapshot,
            format=read_format(arguments.format, self.shell.user_ns), **({} if arguments.fresh else {"reuse": True}),
        )  # fmt: skip
        stream(run, self.shell, keep, _asked(arguments, question, think))

    def _show_prompt(self, arguments: Any, messages: list[Message], options: Options, think: bool | str | None) -> None:
        """What the model is about to read."""
        seen = self.session.ollama.prompt(
            arguments.model, messages, tools=functions(arguments.tools, self.shell.user_ns), think=think, system=arguments.system,
            options=options,
        ).result()  # fmt: skip
        display(seen)

    def _insert(self, text: str) -> str:
        return insert(text, self.shell.user_ns, self.shell.user_ns_hidden)

    def _put_out(self, name: str | None, done: Done) -> None:
        if name:
            self.shell.push({name: done})


def _asked(arguments: Any, question: str, think: bool | str | None) -> dict[str, Any]:
    """What was asked, as it is saved beside the answer, so that it can be asked again without the variables of the notebook."""
    asked = {"question": question, "system": arguments.system, "think": think, "format": arguments.format, "tools": arguments.tools}
    begun = {"new": arguments.new or None, "raw": arguments.raw or None}
    return {name: value for name, value in {**asked, **begun}.items() if value is not None}


def functions(names: str | None, variables: Mapping[str, Any]) -> tuple[Tool, ...]:
    """``get_weather,home.look``: the functions of these names as tools.

    Raises: UsageError for a name that is not there or is no function, and for a function that cannot be described.
    """
    found = [_function(name, variables) for name in (one.strip() for one in (names or "").split(",")) if name]
    try:
        return as_tools(found)
    except ValueError as error:
        raise UsageError(f"--tools: {error}.") from None


def _function(name: str, variables: Mapping[str, Any]) -> Callable[..., Any]:
    first, *more = name.split(".")
    held = variables.get(first, _NOTHING)
    for attribute in more:
        held = getattr(held, attribute, _NOTHING)
    if held is _NOTHING:
        near = difflib.get_close_matches(name, [key for key, value in variables.items() if callable(value)], n=1)
        hint = f"Did you mean {near[0]}?" if near else "Run the cell that defines it."
        raise UsageError(f"--tools: this notebook has no function {name}. {hint}")
    if not callable(held):
        raise UsageError(f"--tools: {name} is no function but {type(held).__name__}.")
    return held  # type: ignore[no-any-return]  # that is what callable found out


def read_options(pairs: list[str], insert: Callable[[str], str] = str) -> Options:
    """``["temperature=0.2", "stop=."]`` as options; stop texts add up. ``insert`` puts in what stands for variables.

    Raises: UsageError for a pair without ``=``, OptionError.
    """
    options: Options = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            raise UsageError(f"-o takes NAME=VALUE, for example -o temperature=0.2, not {pair!r}.")
        value, key = parse_option(name.strip(), insert(text.strip())), ALIASES.get(name.strip(), name.strip())
        held = options.get(key)
        options[key] = held + value if isinstance(held, list) and isinstance(value, list) else value
    return options


def _check_out(name: str | None) -> None:
    if name is not None and (not name.isidentifier() or iskeyword(name)):
        raise UsageError(f"--out takes the name of a variable, not {name!r}.")
