"""What is left of an experiment that ends early: nothing that was computed is lost."""

from __future__ import annotations

from typing import Any

from ..errors import OllamaError


class Stopped(KeyboardInterrupt):
    """An experiment was stopped by hand. ``result`` has what there was by then.

    In a notebook the cell ends with one sentence, and ``sys.last_value.result`` is what that sentence speaks of.
    """

    def __init__(self, result: Any, done: int, total: int, unit: str, path: Any) -> None:
        goes_on = f"The same call goes on from {path}." if path is not None else "Give path=... to go on another time."
        super().__init__(f"Stopped: {done:,} of {total:,} {unit} are there, as sys.last_value.result. {goes_on}")
        self.result = result

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def stopped(error: KeyboardInterrupt | OllamaError, result: Any, done: int, total: int, unit: str, path: Any) -> BaseException:
    """The same with what there was by then: an error of the library has it as its ``result``, too."""
    if isinstance(error, OllamaError):
        error.facts["result"] = result
        return error
    return Stopped(result, done, total, unit, path)
