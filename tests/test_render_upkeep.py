"""What ``rm``, ``verify`` and ``du`` say, in a terminal and in a notebook."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from jupyter_ollama.models import CheckedBlob, Deleted, DiskUse, FilesUse, KeptBlob, ModelUse, Removal, Verification

EVIL = '<script>alert(1)</script>\x1b[2J"'
MODEL = KeptBlob("sha256:" + "a" * 64, "model", 1_200_000_000, ("mario:latest",))
DAMAGED = CheckedBlob("sha256:" + "b" * 64, "hashes to sha256:0123", 270_000_000, ("model",), ("mario:latest", "luigi:latest"))
USE = DiskUse(
    "/models",
    (ModelUse("mario:latest", "c" * 64, 1_000_000_000, 200_000_000, ("luigi:latest",)), ModelUse("luigi:latest", "d" * 64, 0, 200_000_000)),
    blobs=FilesUse(5, 1_200_000_000), linked=FilesUse(1, 200_000_000), unreferenced=FilesUse(2, 15), unfinished=FilesUse(1, 4096),
    others=FilesUse(), free_bytes=5_000_000_000,
)  # fmt: skip


def html(value: Deleted | DiskUse | Removal | Verification) -> str:
    return value._repr_mimebundle_()["text/html"]


def words(value: Deleted | DiskUse | Removal | Verification) -> str:
    """What a reader of the HTML sees."""
    body = html(value).partition("</style>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def test_rm_says_what_is_free_and_what_holds_the_rest() -> None:
    kept = (MODEL, replace(MODEL, kind="template", size_bytes=100))

    assert str(Deleted(("luigi:latest",), 1234, kept)).splitlines() == [
        "deleted 'luigi:latest'", "freed 1.2 KB", "1.2 GB stay: mario:latest holds the model and the template, too",
    ]  # fmt: skip
    assert "luigi:latest (1.2 KB freed) 1.2 GB stay: mario:latest holds" in words(Deleted(("luigi:latest",), 1234, kept))
    assert str(Deleted(("a:latest", "b:latest"), 0)).splitlines() == ["deleted 'a:latest'", "deleted 'b:latest'", "freed 0 B"]


def test_a_long_list_of_holders_is_cut() -> None:
    kept = (replace(MODEL, held_by=tuple(f"m{number}:latest" for number in range(9))),)

    assert "m0:latest, m1:latest, m2:latest, m3:latest, m4:latest and 4 more hold the model, too" in str(Deleted(("x",), 0, kept))


def test_verify_says_all_is_well_in_one_line() -> None:
    assert str(Verification(12, 1_200_000_000)) == "12 blobs, 1.2 GB: nothing is damaged or missing."
    assert "nothing is damaged or missing" in words(Verification(1, 0))


def test_verify_shows_what_is_wrong_and_what_to_do() -> None:
    found = Verification(3, 1000, (DAMAGED,), (replace(DAMAGED, reason="is not there"),), (CheckedBlob("sha256:e", "", 15),))

    lines = str(found).splitlines()
    assert "3 blobs, 1 KB: 1 damaged and 1 missing." == lines[0]
    assert lines[2].split() == ["model", "b" * 12, "270", "MB", "hashes", "to", "sha256:0123", "mario:latest,", "luigi:latest"]
    assert lines[-2:] == ["Create or pull luigi:latest and mario:latest again.", "1 blob (15 B) is held by no model: prune frees them."]
    for text in ("1 damaged and 1 missing", "hashes to sha256:0123", "is not there", "Create or pull luigi:latest and mario:latest again."):
        assert text in words(found)


def test_du_lines_up_models_and_sums_the_rest() -> None:
    lines = str(USE).splitlines()

    assert lines[0] == "NAME            ID              SIZE      ALONE    SHARED "
    assert lines[1] == "mario:latest    cccccccccccc    1.2 GB    1 GB     200 MB    "
    assert "on the disk: 1.2 GB in /models, 5 GB are free" in lines
    assert "of no model: 15 B, 2 files: prune frees them, once they are an hour old" in lines
    assert not [line for line in lines if line.startswith("other files")]
    assert "1.2 GB 1 GB 200 MB luigi:latest" in words(USE)
    assert re.findall(r'class="(\w+)" style="width: ([\d.]+)%', html(USE)) == [("alone", "83.3"), ("shared", "16.7"), ("shared", "16.7")]
    assert "No models yet." in words(replace(USE, models=()))


@pytest.mark.parametrize(
    "value",
    [
        Deleted((EVIL,), 0, (replace(MODEL, kind=EVIL, held_by=(EVIL,)), replace(MODEL, kind=EVIL, held_by=()))),
        Removal((EVIL,), 0, (replace(MODEL, kind=EVIL, held_by=(EVIL,)), replace(MODEL, kind=EVIL, held_by=()))),
        Verification(1, 1, (replace(DAMAGED, reason=EVIL, kinds=(EVIL,), models=(EVIL,), digest=EVIL),), unreadable=(EVIL,)),
        replace(USE, folder=EVIL, models=(ModelUse(EVIL, EVIL, 1, 1, (EVIL,)),), unreadable=(EVIL,)),
    ],
)
def test_no_name_is_taken_for_markup_or_for_a_command_of_the_terminal(value: Deleted | DiskUse | Removal | Verification) -> None:
    assert "<script" not in html(value).lower()
    assert "\x1b" not in str(value)
