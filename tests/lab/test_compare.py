"""Comparisons: the same seeds give the same table, here and by workers; a scorer that fails costs its own score; nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import ipyparallel
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from jupyter_ollama import Ollama, lab
from jupyter_ollama.errors import ExperimentError, ModelNotFound, OptionError

from ..registry.real import RealRegistry

MODELS = ["pocket", "warm", "pirate"]
PROMPTS = [f"What is {number} + {number}?" for number in range(1, 11)] + [f"Name {number} colours." for number in range(1, 11)]


@pytest.fixture(scope="module", autouse=True)
def models(ollama: Ollama) -> None:
    ollama.create("warm", "FROM pocket\nPARAMETER temperature 1.2").result()
    ollama.create("pirate", "FROM pocket\nSYSTEM You are a pirate.").result()


def compare(ollama: Ollama, *arguments: object, **how: object) -> lab.Comparison:
    how = {"options": {"num_predict": 12}, "progress": False, **how}
    return lab.compare(*arguments, ollama=ollama, **how)


def table(result: lab.Comparison) -> list[tuple[object, ...]]:
    return [(one.model, one.prompt, one.number, one.seed, one.text, one.tokens, one.reason) for one in result.samples]


def test_every_model_answers_every_prompt_so_many_times(ollama: Ollama) -> None:
    result = compare(ollama, MODELS, PROMPTS[:3], 4, seed=7)
    assert len(result.samples) == 3 * 3 * 4
    assert [one.seed for one in result.samples[:4]] == [7, 8, 9, 10]
    assert all(one.text and not one.error for one in result.samples)
    standing = {row.model: row for row in result.standings()}
    assert standing["pocket"].samples == 12
    assert 0 < standing["pocket"].agreement <= 1
    assert len(result.by_prompt()) == 9
    assert len(result.frame()) == 36


def test_decoded_alone_the_same_seeds_give_the_same_table(ollama: Ollama) -> None:
    first, again = (compare(ollama, MODELS, PROMPTS[:4], 2, seed=1, deterministic=True) for _ in range(2))
    assert table(first) == table(again)


def test_one_sample_is_what_chat_says_with_that_seed(ollama: Ollama) -> None:
    result = compare(ollama, ["warm"], PROMPTS[:1], 3, seed=5, deterministic=True)
    said = [ollama.chat("warm", PROMPTS[0], options={"seed": 5 + n, "num_predict": 12}).result().message.content for n in range(3)]
    assert result.answers("warm", 0) == said


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1") as cluster, Client(cluster) as client:
        yield client


def test_two_dask_workers_make_the_same_table(ollama: Ollama, cluster: Client) -> None:
    here = compare(ollama, MODELS, PROMPTS[:4], 3, deterministic=True)
    there = compare(ollama, MODELS, PROMPTS[:4], 3, deterministic=True, executor=cluster.get_executor())
    assert table(there) == table(here)


def test_workers_pull_from_a_registry_what_they_have_not_got(ollama: Ollama, cluster: Client, tmp_path: Path) -> None:
    with RealRegistry(tmp_path) as registry:
        ollama.copy("pirate", f"http://{registry.host}/course/pirate")
        ollama.push(f"http://{registry.host}/course/pirate", insecure=True).result()
        ollama.delete(f"http://{registry.host}/course/pirate")
        machine = lab.Machine(str(tmp_path / "models"), registry=f"http://{registry.host}/course", insecure=True)
        there = compare(ollama, ["pirate"], PROMPTS[:3], 3, deterministic=True, executor=cluster.get_executor(), machine=machine)
    assert table(there) == table(compare(ollama, ["pirate"], PROMPTS[:3], 3, deterministic=True))


def test_ipyparallel_makes_the_same_table(ollama: Ollama) -> None:
    with ipyparallel.Cluster(n=2, controller_ip="127.0.0.1", log_level=40) as client:
        there = compare(ollama, ["pocket", "warm"], PROMPTS[:4], 3, deterministic=True, executor=client.executor())
    assert table(there) == table(compare(ollama, ["pocket", "warm"], PROMPTS[:4], 3, deterministic=True))


def test_a_worker_with_another_model_of_that_name_is_found_out(ollama: Ollama, cluster: Client, tmp_path: Path) -> None:
    with Ollama(tmp_path / "other") as other:
        other.create("pocket", "FROM pocket\nSYSTEM Something else.").result()
    with pytest.raises(ExperimentError, match="another model"):
        compare(ollama, ["pocket"], PROMPTS[:1], 1, executor=cluster.get_executor(), machine=lab.Machine(str(tmp_path / "other")))


def test_scores_with_intervals(ollama: Ollama) -> None:
    def short(answer: str, prompt: str) -> float:
        return len(answer) / 100

    scorers = {"right": lab.contains(["2", "4"]), "digits": lab.matches(r"\d"), "short": short, "json": lab.json_valid, "same": lab.exact("2")}
    result = compare(ollama, ["pocket", "warm"], PROMPTS[:2], 5, score=scorers)
    rows = {(row.model, row.scorer): row for row in result.standings()}
    assert len(rows) == 10
    row = rows["pocket", "right"]
    right = [sample.scores["right"] for sample in result.samples if sample.model == "pocket"]
    assert row.score == sum(right) / len(right)
    assert row.low <= row.score <= row.high
    assert rows["pocket", "json"].score is not None
    assert "right" in json.dumps(result.plot().to_dict())


def test_a_scorer_that_raises_or_returns_no_number_costs_only_its_own_scores(ollama: Ollama) -> None:
    def broken(answer: str, prompt: str) -> float:
        raise ZeroDivisionError("oh")

    result = compare(ollama, ["pocket"], PROMPTS[:2], 2, score=[broken, lambda answer, prompt: "good", lab.contains("")])
    sample = result.samples[0]
    assert sample.text
    assert sample.scores["broken"] is None
    assert "ZeroDivisionError: oh" in sample.troubles["broken"]
    assert list(sample.scores.values())[2] == 1.0
    assert "ZeroDivisionError" in result._repr_mimebundle_()["text/html"]


def test_a_judge_grades_and_its_grades_are_remembered(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "judged.jsonl"
    judge = lab.judge(ollama, "pocket", "Is it right?")
    first = compare(ollama, ["pocket"], PROMPTS[:1], 2, score=judge, path=path)
    size = path.stat().st_size
    again = compare(ollama, ["pocket"], PROMPTS[:1], 2, score=judge, path=path)
    assert path.stat().st_size == size
    assert [one.scores for one in again.samples] == [one.scores for one in first.samples]
    for sample in first.samples:
        assert sample.scores["judge"] is None or 0 <= sample.scores["judge"] <= 1


def test_a_judge_that_gives_no_number_is_a_trouble_of_the_sample(ollama: Ollama) -> None:
    class Silent:
        def chat(self, *_: object, **__: object) -> object:
            return ollama.generate("pocket", "x", raw=True, options={"num_predict": 1})

        def show(self, name: str) -> object:
            return ollama.show(name)

    result = compare(ollama, ["pocket"], PROMPTS[:1], 1, score=lab.judge(Silent(), "pocket"))
    assert result.samples[0].scores == {"judge": None}
    assert "no grade" in result.samples[0].troubles["judge"]


def test_samples_are_saved(ollama: Ollama, tmp_path: Path) -> None:
    result = compare(ollama, ["pocket"], PROMPTS[:2], 2, score=lab.contains("4"))
    about, *lines = [json.loads(line) for line in result.to_jsonl(tmp_path / "samples.jsonl").read_text().splitlines()]
    assert about["inputs"]["prompts"] == PROMPTS[:2]
    assert [line["text"] for line in lines] == [one.text for one in result.samples]
    table = pq.read_table(result.to_parquet(tmp_path / "samples.parquet"))
    assert table.column("text").to_pylist() == [one.text for one in result.samples]
    assert json.loads(table.schema.metadata[b"jupyter_ollama"])["digests"] == result.digests


@pytest.fixture(scope="module")
def scored(ollama: Ollama) -> lab.Comparison:
    """With everything that a file has to keep: scores, one that fails, options, a persona, a format, a prompt with line ends."""

    def broken(answer: str, prompt: str) -> float:
        raise ZeroDivisionError("oh")

    scorers = {"right": lab.contains("4"), "long one": lambda answer, prompt: len(answer) / 7, "broken": broken}
    return compare(
        ollama, ["pocket", "warm"], ["What is 2 + 2?", "Say\r\n\u2028\x00 «你好»."], 2, seed=3, system="Be brief.", score=scorers,
        options={"num_predict": 12, "stop": ["END"]}, format={"type": "object"},
    )  # fmt: skip


VIEWS = (
    repr, str, lambda one: one.standings(), lambda one: one.by_prompt(), lambda one: one.plot().to_dict(), lambda one: one._repr_mimebundle_(),
    lambda one: one.frame().to_csv(), lambda one: one.answers("warm", 1), lambda one: one.scored(lab.exact("4")).standings(),
    lambda one: one.inputs, lambda one: one.digests, lambda one: one.prompts, lambda one: one.scorers,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_what_is_loaded_is_what_was_saved_in_every_view(scored: lab.Comparison, tmp_path: Path, kind: str) -> None:
    loaded = lab.Comparison.load(getattr(scored, f"to_{kind}")(tmp_path / f"saved.{kind}"))
    assert loaded == scored
    assert loaded.inputs["options"] == {"num_predict": 12, "stop": ["END"]}
    for view in VIEWS:
        assert str(view(loaded)) == str(view(scored))
    assert loaded != loaded.scored(lab.exact("4"))
    again = lab.Comparison.load(getattr(loaded, f"to_{kind}")(tmp_path / f"again.{kind}"))
    assert again == scored


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_comparison_without_a_sample_keeps_what_was_asked(scored: lab.Comparison, tmp_path: Path, kind: str) -> None:
    empty = lab.Comparison([], scored.prompts, scored.digests, scored.inputs)
    assert lab.Comparison.load(getattr(empty, f"to_{kind}")(tmp_path / f"empty.{kind}")) == empty


def test_files_of_before_that_do_not_tell_what_was_asked_can_be_read(scored: lab.Comparison, tmp_path: Path) -> None:
    path = scored.to_jsonl(tmp_path / "old.jsonl")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    loaded = lab.Comparison.load(path)
    assert tuple(loaded.samples) == tuple(scored.samples)
    assert (loaded.prompts, loaded.digests, loaded.inputs) == (scored.prompts, scored.digests, {})


def test_what_there_is_of_a_comparison_that_is_being_made_can_be_looked_at(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "made.jsonl"
    whole = compare(ollama, ["pocket", "warm"], PROMPTS[:2], 2, seed=3, path=path)
    assert lab.Comparison.load(path) == whole
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]) + lines[3][:9])
    loaded = lab.Comparison.load(path)
    assert len(loaded.samples) == 2
    assert loaded.inputs == whole.inputs
    assert set(map(tuple, table(loaded))) <= set(map(tuple, table(whole)))
    with pytest.raises(ExperimentError):
        compare(ollama, ["pocket", "warm"], PROMPTS[:2], 2, seed=4, path=path)
    assert compare(ollama, ["pocket", "warm"], PROMPTS[:2], 2, seed=3, path=path).inputs == whole.inputs


@pytest.mark.parametrize("text", ["", "[]\n", "3\n", '{"comparison": 1}\n3\n', '{"journal": 1, "given": []}\n', '{"journal": 1}\n{}\n', "{" * 9999])
def test_any_other_file_is_no_comparison(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.jsonl").write_text(text)
    with pytest.raises(ExperimentError, match="no samples"):
        lab.Comparison.load(tmp_path / "other.jsonl")


def test_mistakes_are_said_before_anything_is_asked(ollama: Ollama) -> None:
    for wrong in ({"n": 0}, {"n": True}, {"models": ["pocket", "pocket"]}, {"prompts": []}, {"options": {"seed": 1}}):
        given = {"models": ["pocket"], "prompts": ["hi"], "n": 1, **wrong}
        with pytest.raises(OptionError):
            lab.compare(given.pop("models"), given.pop("prompts"), ollama=ollama, progress=False, **given)
    with pytest.raises(ModelNotFound):
        lab.compare(["nobody"], ["hi"], ollama=ollama, progress=False)
    with pytest.raises(OptionError):
        lab.matches("(")


def test_answers_full_of_html_are_shown_as_text(ollama: Ollama) -> None:
    result = compare(ollama, ["pocket"], ["<script>alert(1)</script>"], 1)
    assert "<script>" not in result._repr_mimebundle_()["text/html"].replace("&lt;script&gt;", "")


KILLED = """
import sys
from jupyter_ollama import Ollama, lab
with Ollama(sys.argv[1]) as ollama:
    prompts = [f"What is {number} + {number}?" for number in range(1, 11)] + [f"Name {number} colours." for number in range(1, 11)]
    lab.compare(["pocket", "warm", "pirate"], prompts, 10, seed=1, options={"num_predict": 12}, path=sys.argv[2], deterministic=True,
                ollama=ollama, progress=False)
"""


def test_killed_it_goes_on_and_ends_with_the_same_table(ollama: Ollama, tmp_path: Path) -> None:
    """Three models, twenty prompts, ten samples."""
    path = tmp_path / "samples.jsonl"
    whole = compare(ollama, MODELS, PROMPTS, 10, seed=1, deterministic=True)
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(ollama.settings.models), str(path)])
    limit = time.monotonic() + 100
    while (not path.exists() or path.read_bytes().count(b"\n") < 150) and time.monotonic() < limit:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert path.read_bytes().count(b"\n") >= 150
    assert table(compare(ollama, MODELS, PROMPTS, 10, seed=1, deterministic=True, path=path)) == table(whole)


def test_results_of_other_inputs_are_not_gone_on_with(ollama: Ollama, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    compare(ollama, ["pocket"], PROMPTS[:1], 1, path=path)
    with pytest.raises(ExperimentError):
        compare(ollama, ["pocket"], PROMPTS[:2], 1, path=path)
    assert path.read_bytes().count(b"\n") == 2
