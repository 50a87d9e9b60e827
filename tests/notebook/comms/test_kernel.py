"""The panel's comm on a real kernel: on a subshell and on the main shell, while cells run, over restarts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import IPYKERNEL_6, SETUP, Page, PanelKernel

BUSY = "import time\nprint('begun', flush=True)\ntime.sleep({seconds})\nprint('over', flush=True)"


def begun(kernel: PanelKernel, seconds: float) -> str:
    """A cell that keeps the main shell busy, and has begun to."""
    cell = kernel.start(BUSY.format(seconds=seconds))
    kernel.until(lambda: kernel.output.get(cell))
    return cell


@pytest.fixture
def on_subshell(panel_kernel: PanelKernel) -> Iterator[Page]:
    subshell = panel_kernel.subshell()
    assert subshell is not None, "ipykernel 7 has subshells"
    page = panel_kernel.page(subshell)
    panel_kernel.until(lambda: page.hellos)
    yield page
    page.close()


@pytest.fixture
def on_main(panel_kernel: PanelKernel) -> Iterator[Page]:
    page = panel_kernel.page()
    panel_kernel.until(lambda: page.hellos)
    yield page
    page.close()


def test_hello_is_the_first_item_and_tells_who_speaks(panel_kernel: PanelKernel, on_subshell: Page) -> None:
    first = on_subshell.batches[0]
    pid = panel_kernel.run("import os; print(os.getpid())")

    assert (first["seq"], first["items"][0]["kind"]) == (1, "hello")
    assert (on_subshell.hellos[0]["protocol"], on_subshell.hellos[0]["pid"]) == (1, int(pid))


def test_while_a_cell_sleeps_a_subshell_answers_starts_and_stops_work(panel_kernel: PanelKernel, on_subshell: Page) -> None:
    cell = begun(panel_kernel, 2)

    assert on_subshell.answer("echo", what=[1, None]) == [1, None]
    endless = on_subshell.ask("count", n=10**6, rate=50)
    panel_kernel.until(lambda: "3 " in on_subshell.text(endless))
    on_subshell.ask("cancel", of=endless)
    panel_kernel.until(lambda: on_subshell.ended(endless))
    assert on_subshell.errors[endless]["kind"] == "Cancelled"
    assert cell not in panel_kernel.idle, "all of that was before the cell ended"
    panel_kernel.until(lambda: cell in panel_kernel.idle)


def test_what_a_cell_does_does_not_draw_the_page_to_the_shell_of_the_cell(panel_kernel: PanelKernel, on_subshell: Page) -> None:
    on_subshell.answer("watch", topics=["runs"])
    before = len(on_subshell.pushes)
    panel_kernel.run("def once(cancel):\n    yield Chunk('x')\nsession.get().runs.start(once, verb='once').result()")
    panel_kernel.until(lambda: len(on_subshell.pushes) > before)  # sent because of what the main shell did
    cell = begun(panel_kernel, 2)

    assert on_subshell.answer("echo", what=1) == 1
    assert cell not in panel_kernel.idle
    panel_kernel.until(lambda: cell in panel_kernel.idle)


def test_on_the_main_shell_work_goes_on_while_a_cell_runs_and_requests_wait(panel_kernel: PanelKernel, on_main: Page) -> None:
    counting = on_main.ask("count", n=200, rate=100)
    panel_kernel.until(lambda: on_main.text(counting))
    cell = begun(panel_kernel, 1)
    came = len(on_main.text(counting))
    late = on_main.ask("echo", what=1)
    panel_kernel.until(lambda: len(on_main.text(counting)) > came + 20)
    assert cell not in panel_kernel.idle, "events travelled while the cell ran"

    panel_kernel.until(lambda: on_main.ended(late) and on_main.ended(counting))
    assert cell in panel_kernel.idle
    assert on_main.text(counting).split() == [str(number) for number in range(200)]


def test_no_event_of_ipython_is_triggered_by_messages(panel_kernel: PanelKernel, on_subshell: Page) -> None:
    panel_kernel.run(
        "heard = []\nip = get_ipython()\nnoted = lambda *_: heard.append(threading.current_thread().name)\n"
        "for event in ('pre_execute', 'post_execute'):\n    ip.events.register(event, noted)"
    )
    try:
        cell = panel_kernel.start("heard.clear()\nprint('begun', flush=True)\ntime.sleep(1)\nprint(heard)")
        panel_kernel.until(lambda: panel_kernel.output.get(cell))
        counting = on_subshell.ask("count", n=20)
        panel_kernel.until(lambda: on_subshell.ended(counting))
        on_subshell.answer("watch", topics=["models"])
        panel_kernel.until(lambda: cell in panel_kernel.idle)
        assert "".join(panel_kernel.output[cell]) == "begun\n[]\n"
    finally:
        panel_kernel.run("for event in ('pre_execute', 'post_execute'):\n    ip.events.unregister(event, noted)")


@pytest.mark.parametrize("junk", [None, [], "x", {}, {"id": "1", "verb": "echo"}, {"id": 10**30, "verb": "echo"}, {"id": True, "verb": "x"}])
def test_a_message_that_cannot_be_read_gets_an_error(panel_kernel: PanelKernel, on_main: Page, junk: object) -> None:
    on_main.send(junk)

    panel_kernel.until(lambda: on_main.strays)
    assert on_main.strays[0]["kind"] == "BadRequest"


def test_a_mistake_in_a_verb_is_logged_beside_the_cells_and_the_kernel_lives(panel_kernel: PanelKernel, on_subshell: Page) -> None:
    panel_kernel.run("VERBS['broken'] = lambda ask: 1 / 0")
    cell = begun(panel_kernel, 0.5)
    broken = on_subshell.ask("broken")
    panel_kernel.until(lambda: on_subshell.ended(broken) and cell in panel_kernel.idle)

    assert on_subshell.errors[broken]["text"] == "ZeroDivisionError: division by zero"
    assert "".join(panel_kernel.output[cell]) == "begun\nover\n"
    logged = panel_kernel.until(lambda: [text for texts in panel_kernel.output.values() for text in texts if "ZeroDivisionError" in text])
    assert "Traceback" in logged[0]
    assert on_subshell.answer("echo", what=1) == 1


def test_a_page_of_another_protocol_is_told_so_at_once_and_each_time(panel_kernel: PanelKernel) -> None:
    page = panel_kernel.page(protocol=99)
    panel_kernel.until(lambda: page.strays)
    asked = page.ask("echo", what=1)
    panel_kernel.until(lambda: page.ended(asked))

    assert "speaks protocol 99, this kernel 1" in page.strays[0]["text"]
    assert page.errors[asked]["text"] == page.strays[0]["text"]
    assert page.hellos[0]["protocol"] == 1
    page.close()


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.soak)])
def test_two_hundred_tokens_a_second_arrive_without_loss_in_few_messages(
    panel_kernel: PanelKernel, on_subshell: Page, seconds: int
) -> None:  # fmt: skip
    counting = on_subshell.ask("count", n=200 * seconds, rate=200)
    panel_kernel.until(lambda: on_subshell.ended(counting), 10 * seconds)

    assert on_subshell.text(counting).split() == [str(number) for number in range(200 * seconds)]
    assert on_subshell.gaps == 0
    assert len(on_subshell.batches) < 100 * seconds


def test_two_pages_are_told_the_same_and_asked_apart(panel_kernel: PanelKernel, on_subshell: Page, on_main: Page) -> None:
    for page in (on_subshell, on_main):
        page.answer("watch", topics=["runs"])
    panel_kernel.until(lambda: on_subshell.latest("runs") is not None)
    before = {one["run"] for one in on_subshell.latest("runs")}  # what another test has left
    counting = on_main.ask("count", n=200, rate=100)
    run = panel_kernel.until(lambda: next((one for one in on_subshell.latest("runs") if one["run"] not in before), None))
    following = on_subshell.ask("follow", run=run["run"])
    panel_kernel.until(lambda: on_main.ended(counting) and on_subshell.ended(following))

    assert (run["verb"], run["model"], run["origin"]) == ("count", "numbers", "panel")
    assert on_subshell.text(following) == on_main.text(counting) != ""


def test_a_page_that_closes_in_mid_stream_is_sent_nothing_more(panel_kernel: PanelKernel) -> None:
    page = panel_kernel.page()
    counting = page.ask("count", n=10**6, rate=100, stays=True)
    panel_kernel.until(lambda: page.text(counting))
    page.close()
    panel_kernel.run("pass")
    panel_kernel.pass_time(0.1)
    came = len(page.batches)
    panel_kernel.pass_time(0.3)

    assert len(page.batches) == came
    assert panel_kernel.run("(run,) = [one for one in session.get().runs.states() if one.state == 'running']\nprint(run.verb)") == "count\n"
    panel_kernel.run("session.get().runs.find(run.number).cancel()")


def test_of_pages_that_never_close_only_some_are_kept(panel_kernel: PanelKernel) -> None:
    pages = [panel_kernel.page() for _ in range(12)]
    panel_kernel.until(lambda: pages[-1].hellos and pages[0].hung_up)

    assert [page.hung_up for page in pages[-4:]] == [False] * 4
    for page in pages:
        page.close()


def test_unloading_hangs_up_and_loading_again_says_so(panel_kernel: PanelKernel, on_main: Page) -> None:
    announced = panel_kernel.announced
    panel_kernel.run("%unload_ext jupyter_ollama")
    panel_kernel.until(lambda: on_main.hung_up)
    nobody = panel_kernel.page()
    panel_kernel.until(lambda: nobody.hung_up)
    threads = panel_kernel.run("time.sleep(0.3); print([one.name for one in threading.enumerate() if one.name.startswith('ollama')])")
    panel_kernel.run("%load_ext jupyter_ollama")
    panel_kernel.until(lambda: panel_kernel.announced > announced)
    again = panel_kernel.page()

    assert again.answer("echo", what=2) == 2
    assert threads == "[]\n"
    again.close()


def test_after_a_restart_a_page_connects_anew(tmp_path: Path) -> None:
    kernel = PanelKernel(tmp_path / "models")
    try:
        for _ in range(2):
            kernel.run(SETUP)
            kernel.until(lambda: kernel.announced)
            page = kernel.page(kernel.subshell())
            assert page.answer("echo", what="x") == "x"
            kernel.restart()
            kernel.announced = 0
        silent = kernel.page()
        kernel.until(lambda: silent.hung_up)  # a kernel in which nothing was loaded
    finally:
        kernel.close()


def test_ipykernel_6_answers_when_the_cell_has_ended_and_streams_meanwhile(tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, (str(IPYKERNEL_6), os.environ.get("PYTHONPATH", ""))))
    kernel = PanelKernel(tmp_path / "models", PYTHONPATH=path)
    try:
        kernel.run(SETUP)
        assert kernel.run("import ipykernel; print(ipykernel.__version__.split('.')[0])") == "6\n"
        assert kernel.subshell() is None
        page = kernel.page()
        counting = page.ask("count", n=150, rate=100)
        kernel.until(lambda: page.text(counting))
        cell = begun(kernel, 1)
        came, late = len(page.text(counting)), page.ask("echo", what=1)
        kernel.until(lambda: len(page.text(counting)) > came + 20)
        assert cell not in kernel.idle
        kernel.until(lambda: page.ended(late) and page.ended(counting))
        assert page.text(counting).split() == [str(number) for number in range(150)]
    finally:
        kernel.close()
