"""``%%modelfile NAME``: read a Modelfile and keep it for ``%ollama_create NAME``."""

from __future__ import annotations

from IPython.core.magic import cell_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from ...names import ModelName
from .base import OllamaMagics, parse


@magics_class
class ModelfileMagic(OllamaMagics):
    """``%%modelfile``."""

    @cell_magic
    @no_var_expand
    @magic_arguments("%modelfile")
    @argument("name", help="the model that %%ollama_create makes of it")
    def modelfile(self, line: str, cell: str) -> None:
        """Read a Modelfile and keep it for %ollama_create.

        The body is taken as it is: nothing is inserted into it. Line numbers in messages count from
        the %%modelfile line, as the cell's own do.

            %%modelfile mario
            FROM pocket
            SYSTEM You are Mario from Super Mario Bros.
            PARAMETER temperature 0.2
        """
        from IPython.display import display

        from jupyter_ollama import Modelfile

        from .. import recipe

        name = parse(self.modelfile, line, "The Modelfile stands below the %%modelfile line.").name
        ModelName.valid(name)
        modelfile = Modelfile.parse("\n" + cell)
        self.session.keep(name, modelfile)
        display({"text/plain": recipe.text(name, modelfile), "text/html": recipe.html(name, modelfile)}, raw=True)
