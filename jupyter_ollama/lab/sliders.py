"""Sliders for every sampler over the prediction after a prompt: the bars follow while a slider is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..options import OPTIONS, defaults
from ..render.markup import element, page, table, wrap
from ..render.tables import visible
from .live import live, toolkit

if TYPE_CHECKING:
    from .sampling import Candidate, Playground

SHOWN = 16
LEFT_OUT = "Penalties and mirostat depend on what was said before and are left out."
_STEPS = {"temperature": 0.05, "top_k": 1.0}
_MOST = {"top_k": 100}


def sliders(play: Playground, names: tuple[str, ...]) -> Any:
    """The widget. Raises: NotSupported without ipywidgets."""
    widgets, usual = toolkit(), defaults()
    moved = {name: _slider(widgets, name, usual[name]) for name in names}
    again = widgets.Button(description="Defaults", tooltip="Ollama's own values", layout=widgets.Layout(width="auto"))
    bars = widgets.HTML()

    def show(_: Any = None) -> None:
        options = {name: slider.value for name, slider in moved.items()}
        changed = [f"-o {name}={value:g}" for name, value in options.items() if value != usual[name]]
        bars.value = bars_html(play, options, " ".join(changed))

    def reset(_: Any) -> None:
        for name, slider in moved.items():
            slider.value = usual[name]

    for slider in moved.values():
        slider.observe(show, "value")
    again.on_click(reset)
    show()
    left = widgets.VBox([*moved.values(), again], layout=widgets.Layout(min_width="24em"))
    both = widgets.Box([left, bars], layout=widgets.Layout(flex_flow="row wrap", width="100%"))
    still = {"text/plain": str(play.candidates()), "text/html": bars_html(play, {}, "")}
    return live(still, both)


def bars_html(play: Playground, options: dict[str, Any], changed: str) -> str:
    """The most probable tokens with two bars each: as the model has them, and as they are drawn."""
    candidates = play.candidates(**options)
    rows = [_row(one) for one in candidates[:SHOWN]]
    header = ("TOKEN", "", "MODEL", "DRAWN", "DROPPED BY")
    words = element("div", LEFT_OUT, "quiet")
    said = element("code", changed) if changed else element("span", "Ollama's defaults", "quiet")
    return page(element("strong", candidates.title), table(header, rows, frozenset({"MODEL", "DRAWN"})), wrap("div", said), words)


def _row(one: Candidate) -> tuple[str, ...]:
    name = element("code", visible(repr(one.token)))
    bars = f'<div class="pair"><i style="width: {one.before:.1%}"></i><b style="width: {one.after:.1%}"></b></div>'
    return name, bars, f"{one.before:.1%}", f"{one.after:.1%}" if one.after else "", element("span", one.dropped_by, "quiet")


def _slider(widgets: Any, name: str, value: Any) -> Any:
    option = OPTIONS[name]
    kind = widgets.IntSlider if option.kind == "int" else widgets.FloatSlider
    most = _MOST.get(name, option.high)
    return kind(
        value=value, min=option.low, max=most, step=_STEPS.get(name, 0.01), description=name, tooltip=option.doc, continuous_update=True,
        style={"description_width": "7em"}, layout=widgets.Layout(width="23em"),
    )  # fmt: skip
