"""A control for every sampler over the prediction after a prompt: the bars follow while one is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..options import OPTIONS, Option, defaults
from ..render.markup import element, page, table, wrap
from ..render.tables import visible
from .live import live, toolkit
from .samplers import CUTS, MIROSTAT, PENALTIES

if TYPE_CHECKING:
    from .sampling import Candidate, Playground

SHOWN = 16
NOTE = "Penalties look back on the prompt. Mirostat is as it is at the first token; mirostat_eta changes the ones after it."
_QUIET = "quiet legend wide"
_GROUPS = {"Penalties": PENALTIES, "Cuts and temperature, in this order": CUTS, "Mirostat instead of the cuts": MIROSTAT}
_STEPS = {"temperature": 0.05, "mirostat_tau": 0.1, "presence_penalty": 0.05, "frequency_penalty": 0.05}
_MOST = {"top_k": 100, "repeat_last_n": 256}


def sliders(play: Playground) -> Any:
    """The widget. Raises: NotSupported without ipywidgets."""
    widgets, usual = toolkit(), defaults()
    moved = {name: _control(widgets, OPTIONS[name], usual[name]) for names in _GROUPS.values() for name in names}
    again = widgets.Button(description="Defaults", tooltip="Ollama's own values", layout=widgets.Layout(width="auto"))
    bars = widgets.HTML()

    def show(_: Any = None) -> None:
        options = {name: control.value for name, control in moved.items()}
        for name, control in moved.items():
            control.disabled = without_effect(name, options)
        changed = [f"-o {name}={_written(value)}" for name, value in options.items() if value != usual[name]]
        bars.value = bars_html(play, options, " ".join(changed))

    def reset(_: Any) -> None:
        for name, control in moved.items():
            control.value = usual[name]

    for control in moved.values():
        control.observe(show, "value")
    again.on_click(reset)
    show()
    columns = [widgets.VBox([widgets.HTML(page(element("strong", title))), *(moved[name] for name in names)])
               for title, names in _GROUPS.items()]  # fmt: skip
    left = widgets.VBox([*columns, again], layout=widgets.Layout(min_width="27em"))
    both = widgets.Box([left, bars], layout=widgets.Layout(flex_flow="row wrap", width="100%"))
    still = {"text/plain": str(play.candidates()), "text/html": bars_html(play, {}, "")}
    return live(still, both)


def without_effect(name: str, options: dict[str, Any]) -> bool:
    """Whether moving a control changes nothing as the others are."""
    if name in PENALTIES:
        off = options["repeat_penalty"] == 1 and options["presence_penalty"] == options["frequency_penalty"] == 0
        return (name in ("repeat_last_n", "penalize_newline") and off) or (name != "repeat_last_n" and options["repeat_last_n"] == 0)
    if name == "temperature":
        return False
    if options["temperature"] <= 0:
        return True
    if name in MIROSTAT:
        return name == "mirostat_eta" or (name == "mirostat_tau" and not options["mirostat"])
    return bool(options["mirostat"])


def bars_html(play: Playground, options: dict[str, Any], changed: str) -> str:
    """The most probable tokens with two bars each: as the model has them, and as they are drawn."""
    candidates = play.candidates(most=SHOWN, **options)
    seen = any(one.seen for one in candidates)
    header = ("TOKEN", "", "MODEL", "DRAWN", *(["SEEN"] if seen else []), "DROPPED BY")
    rows = [_row(one, seen) for one in candidates]
    said = element("code", changed) if changed else element("span", "Ollama's defaults", "quiet")
    told = " SEEN: how often it stands where penalties look back." if seen else ""
    what = element("div", f"MODEL, the upper bar: as the model has it. DRAWN, the lower bar: what the samplers make of it.{told}", _QUIET)
    return page(
        element("strong", candidates.title), what, table(header, rows, frozenset({"MODEL", "DRAWN", "SEEN"})), wrap("div", said),
        element("div", NOTE, _QUIET),
    )  # fmt: skip


def _row(one: Candidate, seen: bool) -> tuple[str, ...]:
    name = element("code", visible(repr(one.token)))
    bars = f'<div class="pair"><i style="width: {one.before:.1%}"></i><b style="width: {one.after:.1%}"></b></div>'
    times = [f"{one.seen}×" if one.seen else ""] if seen else []
    return name, bars, _share(one.before), _share(one.after) if one.after else "", *times, element("span", one.dropped_by, "quiet")


def _share(value: float) -> str:
    return f"{value:.1%}" if value >= 0.0005 else "&lt;0.1%"


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _control(widgets: Any, option: Option, value: Any) -> Any:
    about = {
        "description": option.name, "tooltip": option.doc, "style": {"description_width": "11em"}, "layout": widgets.Layout(width="27em"),
    }  # fmt: skip
    if option.kind == "bool":
        return widgets.Checkbox(value=value, indent=True, **about)
    kind = widgets.IntSlider if option.kind == "int" else widgets.FloatSlider
    least = max(option.low or 0, option.least)
    step = _STEPS.get(option.name, 1 if option.kind == "int" else 0.01)
    return kind(value=value, min=least, max=_MOST.get(option.name, option.high), step=step, continuous_update=True, **about)
