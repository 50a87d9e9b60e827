"""All samples of a comparison: as a table, as a grid of answers, by model and prompt, as a figure, as files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from ..intervals import mean_interval, rate_interval
from ..plot import BARE, Plot, headed
from ..rows import Rows, data_frame
from .grid import grid_html
from .samples import Sample
from .saved import read, records_of, write_jsonl, write_parquet
from .scorers import named, rescored


@dataclass(frozen=True)
class Standing:
    """One model, over one prompt or all of them.

    ``agreement``: the share of the most frequent answer among the samples of a prompt (its mean over prompts). ``score`` is the mean of a
    scorer's numbers with its 95 % interval: Wilson's where all are 0 or 1, else Student's.

    Units: ``tokens`` and ``seconds`` of a sample on average, ``rate`` tokens per second.
    """

    model: str
    prompt: int | None
    samples: int
    failed: int
    agreement: float
    distinct: int
    tokens: float
    tokens_spread: float
    seconds: float
    rate: float
    scorer: str = ""
    score: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def interval(self) -> str:
        """``low`` and ``high`` as they are displayed."""
        return "" if self.low is None or self.high is None else f"{self.low:.3g} to {self.high:.3g}"


class Comparison:
    """The samples of every model and prompt, in order.

    ``samples`` is a table of all; ``standings()`` sums them up by model, ``by_prompt()`` by model and prompt. ``inputs`` is what was asked,
    ``digests`` of which models. Two are equal if all of that is.
    """

    def __init__(self, samples: Sequence[Sample], prompts: Sequence[str], digests: dict[str, str], inputs: dict[str, Any]) -> None:
        self.samples = Rows(samples, f"{len(samples):,} samples", ("model", "prompt", "number", "text", "tokens", "seconds", "error"))
        self.prompts, self.digests, self.inputs = tuple(prompts), dict(digests), dict(inputs)
        self.scorers = tuple(dict.fromkeys(name for sample in samples for name in sample.scores))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Comparison):
            return NotImplemented
        mine, others = ((tuple(one.samples), one.prompts, list(one.digests.items()), one.inputs, one.scorers) for one in (self, other))
        return mine == others

    __hash__ = None  # type: ignore[assignment]  # as lists have none

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.digests)}: {len(self.prompts)} prompts, {len(self.samples):,} samples>"

    def answers(self, model: str, prompt: int) -> list[str]:
        """What a model answered to a prompt, by number of the sample."""
        return [sample.text for sample in self._of(model, prompt)]

    def standings(self) -> Rows[Standing]:
        """By model, and scorer where there are several."""
        return Rows([row for model in self.digests for row in self._standing(model, None)], "By model", self._columns(prompt=False))

    def by_prompt(self) -> Rows[Standing]:
        """By model and prompt."""
        rows = [row for model in self.digests for prompt in range(len(self.prompts)) for row in self._standing(model, prompt)]
        return Rows(rows, "By model and prompt", self._columns(prompt=True))

    def frame(self) -> Any:
        """All samples as a pandas DataFrame, a column for each score. Raises: NotSupported where pandas is not installed."""
        return data_frame(records_of(self))

    def to_jsonl(self, path: str | Path) -> Path:
        """Write a line of JSON with what was asked, then one for each sample, to ``path``.

        Raises: ExperimentError if the file cannot be written.
        """
        path = Path(path).expanduser()
        write_jsonl(self, path)
        return path

    def to_parquet(self, path: str | Path) -> Path:
        """Write the samples to ``path`` as Parquet, the inputs among the file's metadata.

        Raises: ExperimentError if the file cannot be written, NotSupported where pyarrow is not installed.
        """
        path = Path(path).expanduser()
        write_parquet(self, path)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Comparison:
        """The comparison that ``to_jsonl`` or ``to_parquet`` has written, equal to it; or what there is of one that ``compare(path=...)``
        is making, without scores (``scored`` brings them).

        Raises: ExperimentError for any other file, NotSupported for Parquet where pyarrow is not installed.
        """
        return cls(*read(Path(path).expanduser()))

    def scored(self, score: Any) -> Comparison:
        """The same samples with other scores; nothing is asked again. ``score`` is that of ``compare``. Raises: OptionError."""
        scorers = named(score)
        samples = [rescored(sample, scorers, self.prompts[sample.prompt]) for sample in self.samples]
        return Comparison(samples, self.prompts, self.digests, self.inputs)

    def plot(self) -> Plot:
        """The scores of the models with their intervals; without a scorer, how much they agree with themselves."""
        rows = [asdict(row) for row in self.standings()]
        field, title = ("score", "score") if self.scorers else ("agreement", "agreement with itself")
        y = {"field": "model", "type": "nominal", "title": None, "sort": list(self.digests), "axis": BARE}
        colour = {"field": "scorer", "type": "nominal", "title": None}
        shares = all(0 <= row[name] <= 1 for row in rows for name in (field, "low", "high") if row[name] is not None)
        scale = {"scale": {"domain": [0, 1]}} if shares else {}
        points = {"mark": {"type": "point", "filled": True, "size": 110}, "encoding": {
            "x": {"field": field, "type": "quantitative", "title": title, **scale}, "y": y, "color": colour,
            "tooltip": [{"field": name} for name in ("model", "scorer", field, "low", "high", "samples")],
        }}  # fmt: skip
        lines = {"mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.6}, "encoding": {
            "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}, "y": y, "color": colour,
        }}  # fmt: skip
        scored = ("Scores with their 95 % intervals", "where intervals overlap, more samples may turn the order")
        about = headed(*scored) if self.scorers else headed("How often a model gives its most frequent answer", "1: always the same")
        return Plot({"title": about, "layer": [lines, points] if self.scorers else [points], "width": 420}, rows, str(self.standings()))

    def _columns(self, *, prompt: bool) -> tuple[str, ...]:
        scores = ("scorer", "score", "interval") if self.scorers else ()
        names = ("model", *(["prompt"] if prompt else []), "samples", "failed")
        return (*names, *scores, "agreement", "distinct", "tokens", "seconds", "rate")

    def _of(self, model: str, prompt: int | None) -> list[Sample]:
        return [sample for sample in self.samples if sample.model == model and prompt in (None, sample.prompt)]

    def _standing(self, model: str, prompt: int | None) -> list[Standing]:
        samples = self._of(model, prompt)
        good = [sample for sample in samples if not sample.error]
        texts = [[one.text for one in good if one.prompt == number] for number in range(len(self.prompts))]
        counted = [Counter(held).most_common() for held in texts if held]
        tokens = [float(sample.tokens) for sample in good]
        base = Standing(
            model, prompt, len(samples), len(samples) - len(good),
            fmean(held[0][1] / sum(count for _, count in held) for held in counted) if counted else 0.0, sum(map(len, counted)),
            fmean(tokens) if tokens else 0.0, stdev(tokens) if len(tokens) > 1 else 0.0,
            fmean(sample.seconds for sample in good) if good else 0.0, fmean(sample.rate for sample in good) if good else 0.0,
        )  # fmt: skip
        return [_scored(base, good, name) for name in self.scorers] or [base]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": f"{self!r}\n\n{self.standings()}", "text/html": self._html()}

    def _html(self) -> str:
        standings = self.standings()._repr_mimebundle_()["text/html"]
        cells: dict[tuple[str, int], list[Sample]] = {}
        for sample in self.samples:
            cells.setdefault((sample.model, sample.prompt), []).append(sample)
        return standings + grid_html(tuple(self.digests), self.prompts, cells)


def _scored(base: Standing, samples: Sequence[Sample], name: str) -> Standing:
    scores = [score for sample in samples if (score := sample.scores.get(name)) is not None]
    if not scores:
        return Standing(**{**asdict(base), "scorer": name})
    rates = set(scores) <= {0.0, 1.0}
    low, high = rate_interval(round(sum(scores)), len(scores)) if rates else mean_interval(scores)
    bounded = len(scores) > 1 or rates
    return Standing(**{
        **asdict(base), "scorer": name, "score": fmean(scores), "low": low if bounded else None, "high": high if bounded else None,
    })  # fmt: skip
