"""Python functions as a model sees them: a name, a description, a JSON Schema of the parameters; and JSON arguments back to Python.

    describe     a function -> Description, from its signature and docstring
    docstrings   what Google's, NumPy's and reST's docstrings say of each parameter
    hints        the types of a signature, whatever is wrapped around the function
    schemas      Python types -> JSON Schema
    fields       dataclasses and their kin: the fields they have
    arguments    what a model gives -> what the function takes
    results      what a function returns -> text for the model
"""

from __future__ import annotations

from .arguments import BadArguments, bound
from .describe import Description, describe
from .results import as_text
from .schemas import NoSchema, schema_of
from .values import value_of

__all__ = ["BadArguments", "Description", "NoSchema", "as_text", "bound", "describe", "schema_of", "value_of"]
