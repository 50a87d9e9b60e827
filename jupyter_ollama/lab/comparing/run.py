"""From models and prompts to a comparison. What was computed is kept, whatever happens then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from ...errors import ExperimentError, OllamaError, OptionError
from ..asking import AT_ONCE
from ..bar import bar
from ..journal import Journal, fingerprint
from ..opened import opened
from ..stopped import stopped
from .comparison import Comparison
from .machines import ALONE, Here, Machine, Workers
from .samples import Cell, Plan, Sample
from .scorers import named, value


def compare(
    models: str | Iterable[str], prompts: str | Iterable[str], n: int = 1, *, seed: int = 0, system: str | None = None,
    options: dict[str, Any] | None = None, think: bool | str | None = None, format: Any = None,  # noqa: A002 (Ollama's name)
    score: Any = None, path: str | Path | None = None, deterministic: bool = False, at_once: int = AT_ONCE,
    executor: Executor | None = None, machine: Machine | None = None, ollama: Any = None, progress: bool = True,
) -> Comparison:  # fmt: skip
    """Ask every model every prompt ``n`` times.

        result = lab.compare(["llama3.2", "pocket"], ["What is 2 + 2?", "Name a colour."], n=10, score=lab.contains(["4", ""]))

    Args:
        models: their names.
        prompts: a question, or several.
        n: how often each is asked.
        seed: that of the first sample of every prompt; the second has the next one, and so on.
        score: a scorer, several, or a mapping of names to scorers.
        path: a file for the samples, made or gone on with: an interrupted comparison loses nothing.
        deterministic: decode each sample alone.
        at_once: how many samples of a model are made at the same time.
        executor: whose workers make the samples; by default they are made here.
        machine: how those workers get at the models; by default from this store, by its path.
        ollama: whose models these are; by default those of a new ``Ollama``.
    Raises: ModelNotFound, OptionError, ExperimentError for a file of other inputs or a worker with other models. Whatever ends it early,
        also the stop button (``Stopped``), has the samples until then as its ``result``; ``result.scored`` scores them.
    """
    names, plan = _checked(models, prompts, n, seed, system, options, think, format)
    scorers = named(score)
    with opened(ollama) as asked:
        return _compare(asked, names, plan, scorers, path, ALONE if deterministic else max(1, at_once), executor, machine, progress)


def _compare(
    ollama: Any, names: Sequence[str], plan: Plan, scorers: dict[str, Any], path: str | Path | None, at_once: int,
    executor: Executor | None, machine: Machine | None, progress: bool,
) -> Comparison:  # fmt: skip
    digests = {name: str(ollama.show(name).digest) for name in names}
    if executor is None:
        maker: Here | Workers = Here(ollama, at_once)
    else:
        maker = Workers(executor, machine or _same_store(ollama), at_once, digests)
    cells = [Cell(name, prompt, number) for name in names for prompt in range(len(plan.prompts)) for number in range(plan.n)]
    with Journal(path, "compare", {"digests": digests, "alone": at_once == ALONE, **plan.to_json()}, tell=True) as journal:
        missing = [cell for cell in cells if cell.key not in journal or journal[cell.key]["error"]]
        try:
            with bar(len(cells), "compare", "sample", len(cells) - len(missing), shown=progress) as moving:
                for cell, record in maker.answers(plan, missing):
                    journal.add(cell.key, record)
                    moving.update()
            samples = [_sample(cell, journal[cell.key], plan, scorers, journal) for cell in cells]
        except (KeyboardInterrupt, OllamaError) as error:
            there = [cell for cell in cells if cell.key in journal]
            unscored = [_sample(cell, journal[cell.key], plan, {}, journal) for cell in there]
            partial = Comparison(unscored, plan.prompts, digests, plan.to_json())
            raise stopped(error, partial, len(there), len(cells), "samples", path) from None
    return Comparison(samples, plan.prompts, digests, plan.to_json())


def _sample(cell: Cell, record: dict[str, Any], plan: Plan, scorers: dict[str, Any], journal: Journal) -> Sample:
    scores: dict[str, float | None] = {}
    troubles: dict[str, str] = {}
    for name, scorer in scorers.items():
        if record["error"]:
            scores[name], troubles[name] = None, "there is no answer"
            continue
        scores[name], trouble = _score(cell, name, scorer, record["text"], plan.prompts[cell.prompt], journal)
        if trouble:
            troubles[name] = trouble
    return Sample(cell.model, cell.prompt, cell.number, plan.seed + cell.number, **record, scores=scores, troubles=troubles)


def _score(cell: Cell, name: str, scorer: Any, answer: str, prompt: str, journal: Journal) -> tuple[float | None, str]:
    """A judge's grades cost as much as answers do: they are remembered."""
    if not getattr(scorer, "remembered", False):
        return value(scorer, answer, prompt, cell.prompt)
    key = ("score", name, *cell.key, fingerprint([scorer.print_of(), answer])[:16])
    if key in journal:
        return journal[key], ""
    score, trouble = value(scorer, answer, prompt, cell.prompt)
    if score is not None:
        journal.add(key, score)
    return score, trouble


def _checked(
    models: str | Iterable[str], prompts: str | Iterable[str], n: int, seed: int, system: str | None, options: dict[str, Any] | None,
    think: bool | str | None, form: Any,
) -> tuple[list[str], Plan]:  # fmt: skip
    names = [models] if isinstance(models, str) else list(models)
    asked = (prompts,) if isinstance(prompts, str) else tuple(prompts)
    if not names or not asked:
        raise OptionError("there is nothing to compare.", hint="Give at least one model and one prompt.")
    if len(set(names)) < len(names):
        raise OptionError("a model is named twice.", hint="Name each model once; n says how often it is asked.")
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= 100_000:
        raise OptionError(f"n is a whole number from 1 to 100,000, not {n!r:.40}.", hint="It says how often each prompt is asked.")
    if options and "seed" in options:
        raise OptionError("seed stands among the options.", hint="Give compare(..., seed=...): each sample has a seed of its own.")
    plan = Plan(asked, n, seed, system, dict(options or {}), think, form)
    try:
        plan.to_json()
    except TypeError as error:
        raise OptionError(f"the inputs are no plain values: {error}.", hint="Give a JSON Schema as format, and plain options.") from error
    return names, plan


def _same_store(ollama: Any) -> Machine:
    settings = getattr(ollama, "settings", None)
    models = getattr(settings, "models", None)
    if models is None or not hasattr(ollama, "store"):
        raise ExperimentError(
            "the workers do not know how to get at these models.", hint='Give machine=Machine(host="http://...") or a store they all see.'
        )
    return Machine(models=str(models))
