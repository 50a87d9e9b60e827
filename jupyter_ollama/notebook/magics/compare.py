"""``%%compare MODEL MODEL``: the prompts of the cell to several models, many times each."""

from __future__ import annotations

import importlib
import re
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import cell_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ..variables import insert
from .base import OllamaMagics, parse
from .chat import read_options

_BETWEEN = re.compile(r"^[ \t]*---+[ \t]*$", re.MULTILINE)


@magics_class
class CompareMagic(OllamaMagics):
    """``%%compare``."""

    @cell_magic
    @no_var_expand
    @magic_arguments("%compare")
    @argument("models", nargs="+", help="the models to ask")
    @argument("-n", type=int, default=1, help="how often each prompt is asked")
    @argument("--seed", type=int, default=0, help="the seed of the first sample; the next one has the next seed")
    @argument("--system", metavar="TEXT", help="a system message instead of the models' own")
    @argument("-o", "--option", action="append", default=[], metavar="NAME=VALUE", help="a parameter for all models; may be repeated")
    @argument("--score", metavar="NAME", help="a scorer of the notebook by its name, or several as a list or mapping")
    @argument("--deterministic", action="store_true", help="decode each sample alone: the same seeds give the same table")
    @argument("--path", metavar="FILE", help="keep the samples in this file; an interrupted comparison goes on from there")
    @argument("--out", metavar="NAME", help="put the comparison into this variable")
    def compare(self, line: str, cell: str) -> None:
        """Ask several models the same prompts, and see the answers side by side.

        Each line of the cell is a prompt; longer ones stand between lines of ---.
        {{name}} inserts a variable of the notebook. Stopping the cell keeps what is in --path.

            %%compare llama3.2 pocket mario -n 10 --seed 1
            What is 2 + 2?
            Name a colour.
        """
        arguments = parse(self.compare, line, "The prompts stand below the %%compare line.")
        variables, hidden = self.shell.user_ns, self.shell.user_ns_hidden
        prompts = read_prompts(insert(cell, variables, hidden))
        if not prompts:
            raise UsageError("there is no prompt. Each line below %%compare is one.")
        options = read_options(arguments.option, lambda text: insert(text, variables, hidden))
        result = importlib.import_module("jupyter_ollama.lab").compare(
            arguments.models, prompts, arguments.n, seed=arguments.seed, system=arguments.system, options=options,
            score=self._scorer(arguments.score), deterministic=arguments.deterministic, path=arguments.path, ollama=self.session.ollama,
        )  # fmt: skip
        if arguments.out:
            self.shell.push({arguments.out: result})
        display(result)

    def _scorer(self, name: str | None) -> Any:
        if name is None:
            return None
        if name not in self.shell.user_ns:
            raise UsageError(f"--score: this notebook has no {name}. Run the cell that defines it.")
        return self.shell.user_ns[name]


def read_prompts(cell: str) -> list[str]:
    """The prompts of a cell: between lines of ---, or else line by line."""
    parts = _BETWEEN.split(cell)
    return [text for part in (parts if len(parts) > 1 else cell.splitlines()) if (text := part.strip())]
