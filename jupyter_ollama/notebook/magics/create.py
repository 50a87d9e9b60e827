"""``%ollama_create NAME``: make a model from a ``%%modelfile`` cell or a file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
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
    @argument("--draft-quantize", metavar="TYPE", help="quantize the model that DRAFT names to this type")
    @argument("--tensor-type", action="append", default=[], metavar="PATTERN=TYPE",
              help="another type for the tensors in whose name the pattern is found: attn_v=q8_0; may be given several times")  # fmt: skip
    @argument("--imatrix", metavar="FILE", help="quantize with this importance matrix, made by %%ollama imatrix or llama.cpp")
    @argument("--requantize", action="store_true", help="quantize again what is quantized already, and accept the loss")
    def ollama_create(self, line: str) -> None:
        """Make a model from the %%modelfile cell of that name, or from a file.

        A bar shows how far it is; relative paths start at the working directory, or at the file's folder.

            %ollama_create mario -q q4_K_M
            %ollama_create mario -f Modelfile
            %ollama_create mario -q q4_K_M --tensor-type attn_v=q8_0 --imatrix mario.imatrix.gguf
        """
        arguments = parse(self.ollama_create, line)
        how = {
            "quantize": arguments.quantize, "tensor_types": tensor_types(arguments.tensor_type), "imatrix": arguments.imatrix,
            "requantize": arguments.requantize, "draft_quantize": arguments.draft_quantize,
        }  # fmt: skip
        follow(self._start(arguments.name, arguments.file, how), self.shell, _created)

    def _start(self, name: str, file: str | None, how: dict[str, Any]) -> Run[ModelSummary]:
        if file is not None:
            return self.session.ollama.create_from_file(name, file, **how)
        modelfile = self.session.modelfile(name)
        if modelfile is None:
            raise self._no_modelfile(name)
        return self.session.ollama.create(name, modelfile, **how)

    def _no_modelfile(self, name: str) -> ModelfileError:
        near = difflib.get_close_matches(name, self.session.modelfile_names, n=1)
        hint = f"Run a cell that begins with %%modelfile {name} first, or name a file with -f."
        return ModelfileError(
            f"no Modelfile for {name!r} in this notebook.", hint=f"Did you mean {near[0]}? {hint}" if near else hint, line=0, column=0
        )


def tensor_types(pairs: list[str]) -> dict[str, str]:
    """``PATTERN=TYPE`` several times; the last ``=`` is the one that counts.

    Raises: UsageError.
    """
    split = [pair.rpartition("=") for pair in pairs]
    for (pattern, _, kind), pair in zip(split, pairs, strict=True):
        if not pattern or not kind:
            raise UsageError(f"--tensor-type {pair!r}: write PATTERN=TYPE, such as attn_v=q8_0.")
    return {pattern: kind for pattern, _, kind in split}


def _created(model: ModelSummary) -> Bundle:
    return {"text/plain": f"created {render.plain(model)}", "text/html": page("created ", summary(model))}
