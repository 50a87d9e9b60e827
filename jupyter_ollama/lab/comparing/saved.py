"""Samples as files: an object for each in JSON Lines, a row for each in Parquet; and a comparison from either."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ExperimentError, NotSupported
from .samples import Sample

if TYPE_CHECKING:
    from .comparison import Comparison

Record = dict[str, Any]
_SCORE, _TROUBLE, _ABOUT = "score_", "trouble_", b"jupyter_ollama"
MAX_LINE = 64 << 20


def records_of(comparison: Comparison) -> list[Record]:
    """A flat record for each sample: its prompt as text, the digest of its model, each score and what went wrong with it."""
    records = []
    for sample in comparison.samples:
        record = asdict(sample)
        scores, troubles = record.pop("scores"), record.pop("troubles")
        records.append({
            **record, "prompt_text": comparison.prompts[sample.prompt], "digest": comparison.digests.get(sample.model, ""),
            **{_SCORE + name: scores.get(name) for name in comparison.scorers},
            **{_TROUBLE + name: troubles.get(name, "") for name in comparison.scorers},
        })  # fmt: skip
    return records


def write_jsonl(comparison: Comparison, path: Path) -> None:
    """Raises: ExperimentError if the file cannot be written."""
    with _writing(path):
        path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records_of(comparison)), encoding="utf-8")


def write_parquet(comparison: Comparison, path: Path) -> None:
    """Raises: ExperimentError if the file cannot be written, NotSupported where pyarrow is not installed."""
    pa, pq = _arrow()
    about = {_ABOUT: json.dumps({"digests": comparison.digests, "inputs": comparison.inputs})}
    with _writing(path):
        pq.write_table(pa.Table.from_pylist(records_of(comparison)).replace_schema_metadata(about), path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise ExperimentError(f"{path} cannot be written: {reason}.", hint="Give a path in a folder that exists.", path=path) from error


def read(path: Path) -> tuple[list[Sample], list[str], dict[str, str], Record]:
    """Samples, prompts, digests by model and what was asked (JSON Lines do not tell that).

    Raises: ExperimentError for a file without samples, NotSupported where pyarrow is not installed.
    """
    try:
        records, inputs = _from_parquet(path) if path.suffix == ".parquet" else (_from_jsonl(path), {})
        samples = [_sample(record) for record in records]
        if not samples:
            raise ValueError("empty")
        texts = {int(record["prompt"]): str(record["prompt_text"]) for record in records}
        digests = {str(record["model"]): str(record["digest"]) for record in records}
        return samples, [texts[number] for number in range(len(texts))], digests, inputs
    except OSError as error:
        raise ExperimentError(f"{path} cannot be read: {error.strerror or error}.", hint="Check the path.", path=path) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "Give a file that to_jsonl or to_parquet has written."
        raise ExperimentError(f"{path} has no samples of a comparison.", hint=hint, path=path) from error


def _from_jsonl(path: Path) -> list[Record]:
    records = []
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE):
            records.append(json.loads(line))
    return records


def _from_parquet(path: Path) -> tuple[list[Record], Record]:
    _, pq = _arrow()
    table = pq.read_table(path)
    about = json.loads((table.schema.metadata or {}).get(_ABOUT, b"{}"))
    return table.to_pylist(), about.get("inputs", {})


def _sample(record: Record) -> Sample:
    plain = {name: record[name] for name in ("model", "prompt", "number", "seed", "text", "error", "reason", "tokens", "seconds", "rate")}
    return Sample(**plain, scores=_named(record, _SCORE), troubles={name: text for name, text in _named(record, _TROUBLE).items() if text})


def _named(record: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    names: Iterable[str] = (name for name in record if name.startswith(prefix))
    return {name.removeprefix(prefix): record[name] for name in names}


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise NotSupported("pyarrow is not installed.", hint='pip install "jupyter-ollama[lab]".') from error
    return pa, pq
