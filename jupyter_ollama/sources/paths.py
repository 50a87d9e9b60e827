"""From the argument of FROM, ADAPTER or DRAFT to a path. Nothing is opened; no variables and no wildcards are expanded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import SourceError
from ..sentences import Sentence

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def expand(argument: str, base_dir: str | os.PathLike[str]) -> Path:
    """The absolute path that an argument means: ``~/x`` and ``~anna/x`` are in a home folder, ``x`` is in ``base_dir``.

    Args:
        base_dir: the folder of the Modelfile.
    Raises: SourceError if the user of ``~user`` is not known.
    """
    if argument.startswith("~"):
        argument = _in_home(argument)
    if _DRIVE.match(argument) and os.name != "nt":
        return Path(argument)
    return Path(os.path.abspath(os.path.join(base_dir, argument)))  # noqa: PTH100, PTH118 (".." goes, links stay)


def locate(argument: str, base_dir: str | os.PathLike[str]) -> Path | None:
    """The path if there is a file or folder, else None: then FROM means the model of that name.

    Raises: SourceError if the user of ``~user`` is not known.
    """
    try:
        path = expand(argument, base_dir)
        return path if path.exists() else None
    except (OSError, ValueError):  # too long for a file name, or not one at all
        return None


def check_draft(sources: Iterable[str], drafts: Iterable[str], base_dir: str | os.PathLike[str]) -> None:
    """A draft model has to be another one than the model that it drafts for.

    Raises: SourceError if a DRAFT and a FROM are the same file or folder, links followed.
    """
    taken = {Path(os.path.realpath(path)) for source in sources if (path := locate(source, base_dir))}
    for draft in drafts:
        path = locate(draft, base_dir)
        if path and Path(os.path.realpath(path)) in taken:
            text = Sentence("DRAFT must not reference the same local path as FROM: %1", path)
            raise SourceError(
                Sentence("%1.", text), hint="Name a smaller model of the same family, or leave DRAFT out.", path=path, text=text
            )


def _in_home(argument: str) -> str:
    user = re.split(r"[\\/]", argument, maxsplit=1)[0]
    try:
        home = Path(user).expanduser()
    except RuntimeError:
        who = f"find user {user[1:]!r}" if user != "~" else "get current user"
        raise SourceError(
            Sentence("failed to %1: %2 is in a home folder that is not known.", who, argument), hint="Write the path in full.",
            path=argument,
        ) from None  # fmt: skip
    return f"{home}/{argument[len(user) + 1 :]}"
