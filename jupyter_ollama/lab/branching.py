"""An answer whose tokens can be clicked: the alternatives at that place, and with another click the answer that would have come of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import OllamaError
from ..render.markup import element, page
from ..render.scores import LEGEND, shade, token_text
from ..render.tables import visible
from .live import live, toolkit

if TYPE_CHECKING:
    from ..scores import Logprob
    from .answering import TokenView

MOST_TOKENS = 400
"""Tokens of an answer that can be clicked; the others are there as text."""


def branching(view: TokenView) -> Any:
    """The widget of a view: its answer, and below it the branches that were taken from it. Raises: NotSupported without ipywidgets."""
    hint = element("div", "Click a token (or move with Tab and press Space) to see what else could have stood there.", "quiet")
    widgets = toolkit()
    return live(view._repr_mimebundle_(), widgets.HTML(page(LEGEND, hint)), _Line(view).box, width="100%")


class _Line:
    """One answer: its tokens as buttons, the alternatives of the chosen one, and the branches."""

    def __init__(self, view: TokenView) -> None:
        self._widgets = widgets = toolkit()
        self._view = view
        tokens = [self._token(place, one) for place, one in enumerate(view.logprobs[:MOST_TOKENS])]
        rest = view.logprobs[MOST_TOKENS:]
        texts = [widgets.HTML(page(element("span", visible(text), "quiet"))) for text in (view.before, "".join(one.token for one in rest))]
        wrap = widgets.Layout(flex_flow="row wrap", align_items="baseline", width="100%")
        self._choices = widgets.Box(layout=wrap)
        self._branches = widgets.VBox(layout=widgets.Layout(margin="0 0 0 1.5em"))
        line = [*(texts[:1] if view.before else []), *tokens, *(texts[1:] if rest else [])]
        self.box = widgets.VBox([widgets.Box(line, layout=wrap), self._choices, self._branches])

    def _token(self, place: int, one: Logprob) -> Any:
        best = one.top_logprobs[0] if one.top_logprobs else one
        button = self._button(_shown(one.token), f"{token_text(one)} {one.probability:.1%}: what else could stand here?")
        button.style.button_color = shade(one)
        button.style.text_decoration = "none" if best.id == one.id else "underline dotted"
        button.on_click(lambda _: self._choose(place))
        return button

    def _choose(self, place: int) -> None:
        """Show the alternatives of a place."""
        here = self._view.logprobs[place]
        own = self._widgets.Text(placeholder="something else", continuous_update=False, layout=self._widgets.Layout(width="10em"))
        own.observe(lambda change: self._branch(place, change["new"]) if change["new"] else None, "value")
        buttons = []
        for other in here.top_logprobs:
            button = self._button(f"{token_text(other)} {other.probability:.1%}", "Go on from here with this")
            button.disabled = other.id == here.id
            button.layout.margin, button.layout.padding = "2px", "0 8px"
            button.on_click(lambda _, token=other.token: self._branch(place, token))
            buttons.append(button)
        self._choices.children = (self._widgets.Label(f"Instead of {token_text(here)}:"), *buttons, own)

    def _branch(self, place: int, token: str) -> None:
        """Say something else at a place; a branch is put below the others, in the order in which they are taken."""
        title = f"{token_text(self._view.logprobs[place])} → {token!r}"
        self._choices.children = (self._widgets.Label(f"{title} ..."),)
        try:
            made = [_Line(self._view.branch(place, token)).box]
            self._choices.children = ()
        except OllamaError as error:
            self._choices.children, made = (self._widgets.Label(str(error)),), []
        if made:
            self._branches.children = (*self._branches.children, self._widgets.HTML(page(element("strong", title))), *made)

    def _button(self, text: str, tooltip: str) -> Any:
        layout = self._widgets.Layout(width="auto", min_width="0", height="26px", margin="0", padding="0 1px")
        return self._widgets.Button(description=text, tooltip=tooltip, layout=layout)


def _shown(token: str) -> str:
    """A token on a button: blanks stay, a new line is a sign."""
    return visible(token).replace("\n", "↵").replace(" ", "\u00a0") or "∅"
