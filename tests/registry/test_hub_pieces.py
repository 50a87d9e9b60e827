"""What has to come of large files, in which order, and how little of it lies on the disk at once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jupyter_ollama.registry.hub.pieces import Pieces
from jupyter_ollama.registry.hub.sparse import SparseFile
from jupyter_ollama.registry.partial import Part

Ranges = list[tuple[int, int, int]]


def pieces_of(steps: list[Ranges], most: int = 100) -> Pieces:
    pieces = Pieces(most)
    for step in steps:
        pieces.add(step)
    return pieces


def shown(pieces: Pieces) -> Ranges:
    return [(piece.file, piece.start, piece.end) for piece in pieces.order]


def test_what_lies_side_by_side_comes_in_one_piece_up_to_its_most() -> None:
    pieces = pieces_of([[(0, 0, 40)], [(0, 40, 40)], [(0, 80, 40)], [(1, 0, 10)]])

    assert shown(pieces) == [(0, 0, 100), (0, 100, 120), (1, 0, 10)]
    assert [len(step) for step in pieces.steps] == [1, 1, 2, 1]
    assert [piece.uses for piece in pieces.order] == [3, 1, 1]


def test_what_several_steps_need_comes_once() -> None:
    pieces = pieces_of([[(0, 100, 50)], [(0, 0, 200)], [(0, 100, 50), (0, 120, 10)]])

    assert shown(pieces) == [(0, 100, 150), (0, 0, 100), (0, 150, 200)]
    assert [piece.uses for piece in pieces.order] == [3, 1, 1]
    assert [piece.first_step for piece in pieces.order] == [0, 1, 1]


def test_a_step_may_need_nothing() -> None:
    assert pieces_of([[], [(0, 5, 0)]]).order == []


@pytest.mark.parametrize("seed", range(40))
def test_every_byte_that_is_needed_comes_once_and_no_other(seed: int) -> None:
    chance = random.Random(seed)
    steps = [[(chance.randrange(3), chance.randrange(900), chance.randrange(120)) for _ in range(chance.randrange(4))] for _ in range(60)]
    pieces = pieces_of(steps, most=chance.choice((1, 7, 50, 1000)))

    bytes_of = [{(piece.file, at) for at in range(piece.start, piece.end)} for piece in pieces.order]
    assert sum(map(len, bytes_of)) == len(set().union(*bytes_of))
    for number, (step, held) in enumerate(zip(steps, pieces.steps, strict=True)):
        needed = {(file, at) for file, start, count in step for at in range(start, start + count)}
        assert needed <= {(piece.file, at) for piece in held for at in range(piece.start, piece.end)}
        assert all(piece.first_step <= number for piece in held)
    assert set().union(*bytes_of) == {(file, at) for step in steps for file, start, count in step for at in range(start, start + count)}
    assert all(piece.uses == sum(piece in step for step in pieces.steps) for piece in pieces.order)


def test_what_was_forgotten_takes_no_room(tmp_path: Path) -> None:
    path, size, step = tmp_path / "f", 4_000_000, 100_001
    path.write_bytes(b"header")
    with path.open("r+b") as file:
        file.truncate(size)
    sparse = SparseFile(path, 6)
    order = list(range(6, size, step))
    random.Random(1).shuffle(order)
    most = 0
    for number, start in enumerate(order):
        part = Part(0, start, min(step, size - start))
        with sparse.open() as file:
            sparse.write(part, b"x" * part.size, file, 1)
        most = max(most, path.stat().st_blocks * 512)
        if number >= 3:
            before = order[number - 3]
            sparse.forget(before, min(size, before + step))
    for start in order[-3:]:
        sparse.forget(start, min(size, start + step))

    assert most < 4 * step + len(order) * 2 * 4096
    assert path.stat().st_blocks * 512 <= 8192
    assert path.read_bytes() == b"header" + bytes(size - 6)


def test_forgetting_all_keeps_the_start(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"header" + b"x" * 1_000_000)
    SparseFile(path, 6).forget_all()

    assert path.stat().st_blocks * 512 <= 8192
    assert path.read_bytes() == b"header" + bytes(1_000_000)
