"""Go's text/template language, as far as it can be told apart from Go itself: the language of Ollama's TEMPLATE.

``GoTemplate`` is the door: parse a text, ask what it mentions, cut it, run it. Rules of Ollama are not here but in chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...on_demand import on_demand

if TYPE_CHECKING:
    from .go_template import GoTemplate
    from .values import JSONList, JSONMap, Record, Words

__all__ = ["GoTemplate", "JSONList", "JSONMap", "Record", "Words"]

__getattr__ = on_demand(
    __name__,
    {
        "GoTemplate": ".go_template",
        "JSONList": ".values",
        "JSONMap": ".values",
        "Record": ".values",
        "Words": ".values",
    },
)
