"""An unfinished file and what is written down about it; what a job needs of files, on its way to the kernel."""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from pathlib import Path

import pytest

from jupyter_ollama.engine.steps import pack_steps, unpack_steps
from jupyter_ollama.engine.worker.builder import journal as module
from jupyter_ollama.engine.worker.builder.journal import Journal
from jupyter_ollama.engine.worker.builder.output import Output
from jupyter_ollama.errors import EngineError, StoreError
from jupyter_ollama.pread import FileRange

HEADER, BLOCKS = b"GGUF....", [b"a" * 10, b"b" * 20, b"c" * 30]
ENDS = frozenset({18, 38, 68})
WHOLE = HEADER + b"".join(BLOCKS)


def write(folder: Path, count: int) -> None:
    """The header and so many blocks, as a job does that ends early. What is there is gone on with."""
    with Journal(folder / "journal", HEADER) as journal:
        begun = journal.begin(folder / "model", HEADER, ENDS)
        with Output(folder / "model", len(WHOLE), begun, journal) as output:
            for block, end in zip(BLOCKS[:count], sorted(ENDS), strict=False):
                if end > begun.end:
                    output.write(block)
                    output.note()


def begin(folder: Path, header: bytes = HEADER, ends: frozenset[int] = ENDS, plan: bytes = HEADER) -> int:
    """How far the file is right when the work goes on."""
    with Journal(folder / "journal", plan) as journal:
        begun = journal.begin(folder / "model", header, ends)
        held = (folder / "model").read_bytes()
        assert held == header + WHOLE[len(header) : begun.end]
        assert begun.sha256.hexdigest() == hashlib.sha256(held).hexdigest()
        assert begun.crc32 == zlib.crc32(held[len(header) :])
        return begun.end


def test_a_new_file_begins_with_its_header(tmp_path: Path) -> None:
    assert begin(tmp_path) == 8


@pytest.mark.parametrize(("count", "end"), [(0, 8), (1, 18), (2, 38), (3, 68)])
def test_what_was_noted_is_gone_on_with(tmp_path: Path, count: int, end: int) -> None:
    write(tmp_path, count)

    assert begin(tmp_path) == end
    assert begin(tmp_path) == end


def test_what_was_not_noted_is_taken_away(tmp_path: Path) -> None:
    write(tmp_path, 2)
    with (tmp_path / "model").open("ab") as file:
        file.write(b"c" * 7)

    assert begin(tmp_path) == 38


@pytest.mark.parametrize(("at", "end"), [(9, 8), (17, 8), (18, 18), (50, 38)])
def test_what_changed_on_the_disk_is_made_again(tmp_path: Path, at: int, end: int) -> None:
    write(tmp_path, 3)
    with (tmp_path / "model").open("r+b") as file:
        file.seek(at)
        file.write(b"?")

    assert begin(tmp_path) == end


def test_a_file_that_is_shorter_than_noted_is_right_up_to_a_note(tmp_path: Path) -> None:
    write(tmp_path, 3)
    with (tmp_path / "model").open("r+b") as file:
        file.truncate(40)

    assert begin(tmp_path) == 38


def test_another_plan_begins_anew(tmp_path: Path) -> None:
    write(tmp_path, 3)

    assert begin(tmp_path, plan=b"another") == 8
    assert begin(tmp_path) == 8


def test_another_header_of_the_same_plan_keeps_the_weights(tmp_path: Path) -> None:
    write(tmp_path, 2)

    assert begin(tmp_path, header=b"GGUF!!!!") == 38


def test_where_nothing_may_end_nothing_counts(tmp_path: Path) -> None:
    write(tmp_path, 3)

    assert begin(tmp_path, ends=frozenset({18, 39})) == 18


def test_tensors_that_keep_their_type_are_remembered(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with Journal(tmp_path / "journal", HEADER) as journal:
        journal.keep("blk.0.ffn_up.weight")
    with Journal(tmp_path / "journal", HEADER) as journal:
        assert journal.kept == ["blk.0.ffn_up.weight"]

    assert begin(tmp_path) == 18


@pytest.mark.parametrize("rest", [b'{"end": 3', b"\xff\xfe\n", b"[]\n", b'{"end": "x", "crc32": 1}\n', b'{"end": 38, "crc32": 1}\n'])
def test_a_line_that_means_nothing_costs_no_more_than_time(tmp_path: Path, rest: bytes) -> None:
    write(tmp_path, 1)
    with (tmp_path / "journal").open("ab") as file:
        file.write(rest)

    assert begin(tmp_path) in (8, 18)
    write(tmp_path, 3)
    assert begin(tmp_path) == 68


def test_nobody_writes_what_another_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.2)
    with Journal(tmp_path / "journal", HEADER), pytest.raises(StoreError):
        Journal(tmp_path / "journal", HEADER)
    Journal(tmp_path / "journal", HEADER).__exit__(None, None, None)


def test_lines_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lines = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]

    assert lines == [{"plan": hashlib.sha256(HEADER).hexdigest()}, {"end": 18, "crc32": zlib.crc32(BLOCKS[0])}]


def test_steps_come_as_they_were_sent() -> None:
    files = [Path("/a"), Path("/b")]
    steps = [(FileRange(files[0], 1 << 40, 5),), (), (FileRange(files[1], 0, 7), FileRange(files[0], 3, 1))]

    assert unpack_steps(pack_steps(steps, {path: number for number, path in enumerate(files)}), files) == steps
    assert unpack_steps(b"", files) == []


@pytest.mark.parametrize("numbers", [[1], [1, 0, 0], [1, 9, 0, 1], [-1], [1, 0, -5, 1], [1, 0, 0, -1], [2, 0, 0, 1], [1 << 62]])
def test_steps_that_are_none_are_refused(numbers: list[int]) -> None:
    with pytest.raises(EngineError):
        unpack_steps(array("q", numbers).tobytes(), [Path("/a")])


def test_a_payload_of_odd_length_is_refused() -> None:
    with pytest.raises(EngineError):
        unpack_steps(b"123", [])
