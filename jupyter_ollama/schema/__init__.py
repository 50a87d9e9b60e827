"""What an answer shall look like: JSON of any kind, or what a JSON Schema describes. Checked here, before an engine hears of it.

    wanted      what people pass as ``format`` -> the text an engine takes
    calling     the same for an answer that has to be a call of a tool
    trouble     the error: what is wrong, and where in the schema
    plain       a schema -> the same in few words: references by plain names, no allOf, one type at a time
    merging     allOf: several schemas as one
    references  ``$ref`` -> what it points at
    parts       what a plain schema consists of
    scalars     texts, numbers, and values that are listed
    graph       what the plain schema must not be: endless, without an end, open to too much
    readings    in how many ways at once a beginning can be read
    ranges      whole numbers from here to there -> a rule in GBNF
    pattern     a regular expression -> a rule in GBNF, the language of llama.cpp's grammars
    characters  sets of characters, as they are written inside a JSON string
"""

from __future__ import annotations

from .calling import as_call
from .characters import CHARACTER
from .graph import check
from .pattern import rule_of
from .ranges import whole_numbers
from .trouble import SchemaTrouble
from .wanted import JSON, as_format

__all__ = ["CHARACTER", "JSON", "SchemaTrouble", "as_call", "as_format", "check", "rule_of", "whole_numbers"]
