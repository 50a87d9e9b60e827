"""``%%modelfile``: read at once, shown as it was understood, errors with their place."""

from __future__ import annotations

from jupyter_ollama.errors import InvalidName, ModelfileError

from .conftest import Shell

MARIO = """%%modelfile mario
FROM pocket
SYSTEM You are Mario from Super Mario Bros.
PARAMETER temperature 0.2
"""


def test_a_modelfile_is_shown_as_it_was_understood(shell: Shell) -> None:
    (shown,) = shell.run(MARIO).outputs

    plain, html = shown.data["text/plain"], shown.data["text/html"]
    assert plain.startswith("FROM pocket\nSYSTEM You are Mario from Super Mario Bros.\nPARAMETER temperature 0.2\n")
    assert plain.endswith("Next: %ollama_create mario")
    assert '<span class="keyword">PARAMETER</span> <span class="name">temperature</span> <span class="value">0.2</span>' in html


def test_text_over_several_lines_is_shown_with_the_quotes_to_write(shell: Shell) -> None:
    (shown,) = shell.run("%%modelfile mario\nFROM pocket\nSYSTEM You are Mario.\nBe short.\n").outputs

    assert 'SYSTEM "You are Mario.\nBe short."\n' in shown.data["text/plain"]
    assert "Warning: Line 3, column 1: The text of SYSTEM goes on over line 4." in shown.data["text/plain"]
    assert '<div class="warning">Line 3' in shown.data["text/html"]


def test_nothing_is_inserted_into_a_modelfile(shell: Shell) -> None:
    shell.ip.user_ns["name"] = "Ada"

    (shown,) = shell.run("%%modelfile mario\nFROM pocket\nTEMPLATE {{ .System }} {{name}} {name} $name\n").outputs

    assert "TEMPLATE {{ .System }} {{name}} {name} $name" in shown.data["text/plain"]


def test_a_modelfile_cannot_break_out_of_its_html(shell: Shell) -> None:
    (shown,) = shell.run("%%modelfile mario\nFROM pocket\nLICENSE <script>alert(1)</script>\n").outputs

    assert "<script" not in shown.data["text/html"]


def test_an_error_marks_the_place_by_the_lines_of_the_cell(shell: Shell) -> None:
    error = shell.error("%%modelfile mario\nFROM pocket\nPARAMETER temprature 0.2\n")

    assert isinstance(error, ModelfileError)
    assert (3, 11) == (error.line, error.column)
    assert "Line 3, column 11: unknown parameter 'temprature'. Did you mean temperature?" == str(error)
    assert ["    3 | PARAMETER temprature 0.2", "      | " + " " * 10 + "\x1b[31m^\x1b[0m"] == error._render_traceback_()[1:]


def test_the_mark_stands_below_its_character_behind_wide_ones(shell: Shell) -> None:
    error = shell.error('%%modelfile mario\nFROM 模型\nMESSAGE user 你好\nPARAMETER\tnum_ctx "大\n')

    line, mark = error._render_traceback_()[1:]  # type: ignore[attr-defined]
    assert line.startswith("    4 | PARAMETER\t")
    assert mark.startswith("      | " + " " * 9 + "\t")


def test_a_failed_modelfile_does_not_replace_the_one_before(shell: Shell) -> None:
    shell.run(MARIO)
    shell.error("%%modelfile mario\nFORM pocket\n")

    assert (
        "You are Mario from Super Mario Bros."
        == shell.ip.magics_manager.registry["ModelfileMagic"].session.modelfile("MARIO:latest").system
    )


def test_the_name_is_checked_first(shell: Shell) -> None:
    assert isinstance(shell.error("%%modelfile a//b\nFORM pocket\n"), InvalidName)


def test_text_behind_the_name_is_a_mistake_that_is_explained(shell: Shell) -> None:
    assert "'FROM' is one word too many. The Modelfile stands below the %%modelfile line." == str(
        shell.error("%%modelfile mario FROM pocket\nSYSTEM x\n")
    )
