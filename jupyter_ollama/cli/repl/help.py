"""What ``/?`` says."""

from __future__ import annotations

from ...options import OPTIONS

_ORDERS = {
    "/set": "Set session variables",
    "/show": "Show model information",
    "/load <model>": "Load a session or model",
    "/save <model>": "Save your current session",
    "/clear": "Clear session context",
    "/list": "List the models",
    "/bye": "Exit",
    "/?, /help": "Help for a command",
    "/? shortcuts": "Help for keyboard shortcuts",
}
_SET = {
    "/set parameter ...": "Set a parameter",
    "/set system <string>": "Set system message",
    "/set history": "Enable history",
    "/set nohistory": "Disable history",
    "/set wordwrap": "Enable wordwrap",
    "/set nowordwrap": "Disable wordwrap",
    "/set format json": "Enable JSON mode",
    "/set noformat": "Disable formatting",
    "/set verbose": "Show LLM stats",
    "/set quiet": "Disable LLM stats",
    "/set think [level]": "Enable thinking",
    "/set nothink": "Disable thinking",
}
_SHOW = {
    "/show info": "Show details for this model",
    "/show license": "Show model license",
    "/show modelfile": "Show Modelfile for this model",
    "/show parameters": "Show parameters for this model",
    "/show system": "Show system message",
    "/show template": "Show prompt template",
}
_KEYS = {
    "Ctrl + a": "Move to the beginning of the line (Home)",
    "Ctrl + e": "Move to the end of the line (End)",
    "Alt + b": "Move back (left) one word",
    "Alt + f": "Move forward (right) one word",
    "Ctrl + k": "Delete the sentence after the cursor",
    "Ctrl + u": "Delete the sentence before the cursor",
    "Ctrl + w": "Delete the word before the cursor",
    "Ctrl + j": "Begin a new line",
    "Ctrl + g": "Write the message in an editor",
    "Ctrl + l": "Clear the screen",
    "Ctrl + c": "Stop the model from responding",
    "Ctrl + d": "Exit (/bye)",
}
_MULTI_LINE = 'Use """ to begin a multi-line message.'


def orders() -> str:
    return f"{_table('Available Commands:', _ORDERS)}\n{_MULTI_LINE}\n"


def settings() -> str:
    return _table("Available Commands:", _SET)


def showing() -> str:
    return _table("Available Commands:", _SHOW)


def keys() -> str:
    return _table("Available keyboard shortcuts:", _KEYS)


def parameters() -> str:
    """Every parameter with its kind."""
    return _table("Available Parameters:", {
        f"/set parameter {option.name} <{option.kind}>": option.doc for option in OPTIONS.values() if not option.deprecated
    })  # fmt: skip


def _table(title: str, rows: dict[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join([title, *(f"  {key:<{width}}  {text}" for key, text in rows.items())]) + "\n"
