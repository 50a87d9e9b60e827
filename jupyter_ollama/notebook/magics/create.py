"""``%ollama_create NAME``: make a model from a ``%%modelfile`` cell or a file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from ... import render
from ...errors import ModelfileError
from ...models import ModelSummary
from ...render.markup import page
from ...render.views import summary
from ..progress import Bundle, follow
from .base import OllamaMagics, parse

if TYPE_CHECKING:
    from ...run import Run


@magics_class
class CreateMagic(OllamaMagics):
    """``%ollama_create``."""

    @line_magic
    @no_var_expand
    @magic_arguments("ollama_create")
    @argument("name", help="the model to make; a tag is allowed: mario:small")
    @argument("-f", "--file", help="a Modelfile on the disk instead of the %%%%modelfile cell of that name")
    @argument("-q", "--quantize", metavar="TYPE", help="quantize to this type, for example q4_K_M")
    def ollama_create(self, line: str) -> None:
        """Make a model from the %%modelfile cell of that name, or from a file.

        A bar shows how far it is; relative paths start at the working directory, or at the file's folder.

            %ollama_create mario -q q4_K_M
            %ollama_create mario -f Modelfile
        """
        arguments = parse(self.ollama_create, line)
        follow(self._start(arguments.name, arguments.file, arguments.quantize), self.shell, _created)

    def _start(self, name: str, file: str | None, quantize: str | None) -> Run[ModelSummary]:
        if file is not None:
            return self.session.ollama.create_from_file(name, file, quantize=quantize)
        modelfile = self.session.modelfile(name)
        if modelfile is None:
            raise self._no_modelfile(name)
        return self.session.ollama.create(name, modelfile, quantize=quantize)

    def _no_modelfile(self, name: str) -> ModelfileError:
        near = difflib.get_close_matches(name, self.session.modelfile_names, n=1)
        hint = f"Run a cell that begins with %%modelfile {name} first, or name a file with -f."
        return ModelfileError(
            f"no Modelfile for {name!r} in this notebook.", hint=f"Did you mean {near[0]}? {hint}" if near else hint, line=0, column=0
        )


def _created(model: ModelSummary) -> Bundle:
    return {"text/plain": f"created {render.plain(model)}", "text/html": page("created ", summary(model))}
