"""Samples as files, and a comparison from either of them.

    JSON Lines   {"comparison": 1, "digests": {...}, "inputs": {...}, "scorers": [...], "prompts": [...]}, then an object for each sample
    Parquet      a row for each sample, the same about all of them among the file's metadata

The journal of a comparison that is made (``compare(path=...)``) can be read, too: its samples have no scores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ExperimentError, NotSupported
from .samples import Cell, Sample

if TYPE_CHECKING:
    from .comparison import Comparison

Record = dict[str, Any]
VERSION = 1
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
    lines = (json.dumps(one, ensure_ascii=False) for one in (_about(comparison), *records_of(comparison)))
    with _writing(path):
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_parquet(comparison: Comparison, path: Path) -> None:
    """Raises: ExperimentError if the file cannot be written, NotSupported where pyarrow is not installed."""
    pa, pq = _arrow()
    about = {_ABOUT: json.dumps(_about(comparison))}
    with _writing(path):
        pq.write_table(pa.Table.from_pylist(records_of(comparison)).replace_schema_metadata(about), path)


def _about(comparison: Comparison) -> Record:
    return {
        "comparison": VERSION, "digests": comparison.digests, "inputs": comparison.inputs, "scorers": list(comparison.scorers),
        "prompts": list(comparison.prompts),
    }  # fmt: skip


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise ExperimentError(f"{path} cannot be written: {reason}.", hint="Give a path in a folder that exists.", path=path) from error


def read(path: Path) -> tuple[list[Sample], list[str], dict[str, str], Record]:
    """Samples, prompts, digests by model, and what was asked.

    Raises: ExperimentError for a file without a comparison, NotSupported where pyarrow is not installed.
    """
    try:
        about, records = _from_parquet(path) if path.suffix == ".parquet" else _from_jsonl(path)
        if "given" in about:
            return _from_journal(about["given"], records)
        samples = [_sample(record) for record in records]
        if not samples and not about:
            raise ValueError("empty")
        prompts = about.get("prompts") or _prompts(records)
        digests = about.get("digests") or {record["model"]: record["digest"] for record in records}
        return samples, list(map(str, prompts)), {str(name): str(one) for name, one in digests.items()}, dict(about.get("inputs") or {})
    except OSError as error:
        raise ExperimentError(f"{path} cannot be read: {error.strerror or error}.", hint="Check the path.", path=path) from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        hint = "Give a file that to_jsonl, to_parquet or compare(path=...) has written."
        raise ExperimentError(f"{path} has no samples of a comparison.", hint=hint, path=path) from error


def _prompts(records: Iterable[Record]) -> list[str]:
    """Of a file that does not tell what was asked."""
    texts = {int(record["prompt"]): str(record["prompt_text"]) for record in records}
    return [texts[number] for number in range(len(texts))]


def _from_jsonl(path: Path) -> tuple[Record, list[Record]]:
    records: list[Record] = []
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE):
            if not line.endswith(b"\n") and "journal" in (records[:1] or [{}])[0]:
                break  # a line that was being written when the machine stopped
            records.append(json.loads(line))
    if records and not {"comparison", "journal"}.isdisjoint(records[0]):
        return records[0], records[1:]
    return {}, records


def _from_parquet(path: Path) -> tuple[Record, list[Record]]:
    _, pq = _arrow()
    table = pq.read_table(path)
    return json.loads((table.schema.metadata or {}).get(_ABOUT, b"{}")), table.to_pylist()


def _from_journal(given: Record, records: Iterable[Record]) -> tuple[list[Sample], list[str], dict[str, str], Record]:
    """The samples that there are, in their order."""
    inputs = {name: value for name, value in given.items() if name not in ("digests", "alone")}
    found = {tuple(record["key"]): record["value"] for record in records}
    cells = [Cell(name, prompt, number) for name in given["digests"] for prompt in range(len(inputs["prompts"]))
             for number in range(inputs["n"])]  # fmt: skip
    samples = [
        Sample(cell.model, cell.prompt, cell.number, inputs["seed"] + cell.number, **found[cell.key]) for cell in cells if cell.key in found
    ]
    return samples, list(inputs["prompts"]), dict(given["digests"]), inputs


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
