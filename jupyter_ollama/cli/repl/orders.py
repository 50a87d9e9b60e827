"""What begins with a slash. An order is known by how it begins, as in Ollama: ``/byebye`` leaves, too."""

from __future__ import annotations

import sys
from collections.abc import Callable

from jupyter_ollama import OllamaError

from ... import render
from ...errors import InvalidName, ModelNotFound, OptionError
from ...options import find, parse_option
from ..show import part
from . import help as texts
from .reader import Reader
from .session import Session

Order = Callable[[Session, Reader, str], None]


def obey(session: Session, reader: Reader, line: str) -> bool:
    """Do what a line says. False when the conversation is to end."""
    if line.startswith(("/bye", "/exit")):
        return False
    order = next((order for word, order in _ORDERS.items() if line.startswith(word)), None)
    if order is None:
        _unknown(line.split()[0])
    else:
        rest = line.partition(" ")[2]
        order(session, reader, rest.strip())
    return True


def _say(text: str) -> None:
    sys.stdout.write(f"{render.visible(text)}\n")


def _unknown(what: str) -> None:
    _say(f"Unknown command '{what}'. Type /? for help")


def _set(session: Session, reader: Reader, rest: str) -> None:
    word, _, value = rest.partition(" ")
    setting = _SETTINGS.get(word)
    if not word:
        _say(texts.settings())
    elif setting is None:
        _unknown(f"/set {word}")
    else:
        setting(session, reader, value.strip())


def _parameter(session: Session, reader: Reader, rest: str) -> None:
    name, _, text = rest.partition(" ")
    values = text.split()
    if not values:
        _say(texts.parameters())
        return
    try:
        option = find(name)
        held = values if option.kind == "list" else parse_option(name, " ".join(values))
    except OptionError as error:
        _say(f"Couldn't set parameter: {_quoted(name, error)}")
        return
    session.options[option.name] = held
    _say(f"Set parameter '{name}' to '{', '.join(values)}'")


def _quoted(name: str, error: OptionError) -> str:
    near = f" {error.hint}" if error.hint else ""
    return f"\"unknown parameter '{name}'\"{near}" if "value" not in error.facts else f'"{error.message.rstrip(".")}"{near}'


def _system(session: Session, reader: Reader, rest: str) -> None:
    text = rest if "\n" in rest else " ".join(rest.split())
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not text:
        _say("Usage:\n  /set system <string>")
        return
    session.set_system(text)
    _say("Set system message.")


def _format(session: Session, reader: Reader, rest: str) -> None:
    if rest == "json":
        session.format = "json"
        _say("Set format to 'json' mode.")
    else:
        _say("Invalid or missing format. For 'json' mode use '/set format json'")


def _noformat(session: Session, reader: Reader, rest: str) -> None:
    session.format = None
    _say("Disabled format.")


def _think(session: Session, reader: Reader, rest: str) -> None:
    session.think = rest or True
    _say(f"Set 'think' mode to '{rest}'." if rest else "Set 'think' mode.")
    _warn_of_thinking(session)


def _nothink(session: Session, reader: Reader, rest: str) -> None:
    session.think = False
    _say("Set 'nothink' mode.")
    _warn_of_thinking(session)


def _warn_of_thinking(session: Session) -> None:
    if not session.thinks:
        sys.stderr.write(f'warning: model "{render.visible(session.info.name)}" does not support thinking output\n')


def _look(mode: str, **changes: bool) -> Order:
    def setting(session: Session, reader: Reader, rest: str) -> None:
        session.look_at(**changes)
        _say(f"Set '{mode}' mode.")

    return setting


def _history(on: bool) -> Order:
    def setting(session: Session, reader: Reader, rest: str) -> None:
        reader.history.on = on

    return setting


_SETTINGS: dict[str, Order] = {
    "parameter": _parameter,
    "system": _system,
    "history": _history(True),
    "nohistory": _history(False),
    "wordwrap": _look("wordwrap", wrap=True),
    "nowordwrap": _look("nowordwrap", wrap=False),
    "verbose": _look("verbose", verbose=True),
    "quiet": _look("quiet", verbose=False),
    "format": _format,
    "noformat": _noformat,
    "think": _think,
    "nothink": _nothink,
}


def _show(session: Session, reader: Reader, rest: str) -> None:
    word = rest.split(" ")[0]
    info = session.info
    match word:
        case "":
            _say(texts.showing())
        case "info":
            sys.stderr.write(f"{render.plain(info)}\n\n")
        case "license":
            _say(part(info, "license").rstrip("\n") if info.licenses else "No license was specified for this model.")
        case "modelfile":
            _say(info.modelfile)
        case "parameters":
            _say("\n".join(["Model defined parameters:", *_listed(info.parameters)]))
            if session.options:
                _say("\n".join(["\nUser defined parameters:", *_listed(session.options)]))
            _say("")
        case "system":
            _say(session.system or info.system or "No system message was specified for this model.")
        case "template":
            _say(info.template or "No prompt template was specified for this model.")
        case _:
            _unknown(f"/show {word}")


def _listed(parameters: object) -> list[str]:
    lines = render.parameter_lines(parameters)  # type: ignore[arg-type]  # both kinds are mappings
    return [f"  {line}" for line in lines] or ["  No additional parameters were specified for this model."]


def _load(session: Session, reader: Reader, rest: str) -> None:
    if len(rest.split()) != 1:
        _say("Usage:\n  /load <modelname>")
        return
    _say(f"Loading model '{rest}'")
    try:
        session.switch(rest)
    except ModelNotFound:
        _say(f"Couldn't find model '{rest}'")
    except OllamaError as error:
        _say(f"error: {error}")


def _save(session: Session, reader: Reader, rest: str) -> None:
    if len(rest.split()) != 1:
        _say("Usage:\n  /save <modelname>")
        return
    try:
        session.save(rest)
    except InvalidName:
        _say(f"error: The model name '{rest}' is invalid")
    except OllamaError as error:
        _say(f"error: {error}")
    else:
        _say(f"Created new model '{rest}'")


def _clear(session: Session, reader: Reader, rest: str) -> None:
    session.clear()
    _say("Cleared session context")


def _list(session: Session, reader: Reader, rest: str) -> None:
    sys.stdout.write(f"{render.plain(session.host.ollama.list(rest))}\n")


def _help(session: Session, reader: Reader, rest: str) -> None:
    about = {"set": texts.settings, "show": texts.showing, "shortcut": texts.keys, "shortcuts": texts.keys}
    _say(about.get(rest.removeprefix("/"), texts.orders)())


_ORDERS: dict[str, Order] = {
    "/set": _set,
    "/show": _show,
    "/load": _load,
    "/save": _save,
    "/clear": _clear,
    "/list": _list,
    "/help": _help,
    "/?": _help,
}
