"""``%%chat --tools``: the model asks for functions of the notebook, the person is asked, calls and results stand in the cell."""

from __future__ import annotations

import pytest

from .conftest import Kernel, Result, Shell

TEMPLATE = (
    "{{ range .Messages }}[{{ .Role }}]{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}"
    "{{ if .ToolCalls }}<tool_call>{{ .ToolCalls }}</tool_call>{{ end }}{{ end }}{{ .Tools }}"
)
CALL = '<tool_call>{"name": "get_weather", "arguments": {"city": "<Rome>"}}</tool_call>'
FUNCTIONS = '''
import time
def get_weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: Where.
    """
    print("looking")
    return f"rain in {city}\\n" + "and wind " * 40

def broken(n: int = 0):
    raise ValueError("no <such> city")

def hangs():
    while True:
        time.sleep(0.01)

class Home:
    def look(self):
        return "a table"

home, number = Home(), 3
'''


@pytest.fixture(scope="module", autouse=True)
def caller(kernel: Kernel) -> None:
    """A model named caller, whose template knows tools and thoughts, and some functions."""
    kernel.run(f'%%modelfile caller\nFROM pocket\nTEMPLATE """{TEMPLATE}"""')
    assert "ok" == kernel.run("%ollama_create caller").status
    assert "ok" == kernel.run(FUNCTIONS).status


def ask(kernel: Kernel, *said: str, options: str = "--tools get_weather --yes", **how: object) -> Result:
    """What a cell shows when the model says this, one answer a round."""
    kernel.run(
        "from jupyter_ollama.engine.echo import EchoEngine, EchoEngines\n"
        "from jupyter_ollama.notebook import session\n"
        f"session.get().engines = EchoEngines(*map(EchoEngine, {said!r}))"
    )
    return kernel.run(f"%%chat caller --out reply {options}\nA question", **how)  # type: ignore[arg-type]


def shown(result: Result) -> list[str]:
    """The outputs as plain text."""
    return [output["data"]["text/plain"] if "data" in output else output["text"] for output in result.outputs if "data" in output or "text" in output]


def test_calls_and_results_stand_between_what_the_model_says(kernel: Kernel) -> None:
    result = ask(kernel, "<think>Hm.</think>I look. " + CALL, "It **rains**.")
    thoughts, first, calls, last, line = (output for output in result.outputs if "data" in output)

    assert "Thinking...\nHm.\n...done thinking." == thoughts["data"]["text/plain"]
    assert "I look." == first["data"]["text/markdown"]
    assert calls["data"]["text/plain"].startswith('→ get_weather(city="<Rome>")\n← rain in <Rome>\nand wind and')
    assert "looking\n" == result.text
    assert "It **rains**." == last["data"]["text/markdown"]
    assert line["data"]["text/plain"].startswith("caller:latest · 4 tokens · ")
    assert "jupyter_ollama" in last["metadata"]
    assert "jupyter_ollama" not in first["metadata"]
    assert [] == result.asked


def test_a_long_result_is_folded_and_nothing_in_it_is_markup(kernel: Kernel) -> None:
    html = ask(kernel, CALL, "Rain.").data["text/html"]

    assert "<summary>← rain in &lt;Rome&gt; … 374 characters</summary>" in html
    assert "<Rome>" not in html


def test_the_person_is_asked_before_anything_runs(kernel: Kernel) -> None:
    result = ask(kernel, CALL + CALL, "Rain.", options="--tools get_weather", answers=["n", "y"])

    assert ['Run get_weather(city="<Rome>")? [y]es, [n]o, [a]ll: '] * 2 == result.asked
    assert 1 == result.text.count("looking")
    assert '→ get_weather(city="<Rome>")\n✗ The user does not allow this call.\n→ get_weather(city="<Rome>")\n← rain' in shown(result)[0]


def test_all_is_said_once(kernel: Kernel) -> None:
    result = ask(kernel, CALL + CALL, CALL, "Rain.", options="--tools get_weather", answers=["a"])

    assert 1 == len(result.asked)
    assert 3 == result.text.count("looking")


def test_where_nobody_can_be_asked_the_cell_says_what_to_do(kernel: Kernel) -> None:
    result = ask(kernel, CALL, "Rain.", options="--tools get_weather")

    assert result.error.startswith("OllamaError: get_weather was not run: nobody can be asked here. Pass approve=True")
    assert "--yes" in result.error
    assert "looking" not in result.text


def test_stopping_while_being_asked_stops_the_cell_and_the_next_one_works(kernel: Kernel) -> None:
    result = ask(kernel, "I look. " + CALL, "Never.", options="--tools get_weather", answers=[], stop_when=lambda result: bool(result.asked))

    assert ("error", "KeyboardInterrupt") == (result.status, result.reply["ename"])
    assert "looking" not in result.text
    assert "interrupted · " in shown(result)[-1]
    assert "Fine." in shown(ask(kernel, "Fine."))


def test_stopping_a_function_that_hangs_stops_the_cell(kernel: Kernel) -> None:
    hangs = '<tool_call>{"name": "hangs", "arguments": {}}</tool_call>'
    result = ask(kernel, "I look. " + hangs, options="--tools hangs --yes", stop_when=lambda result: "→ hangs()" in "".join(shown(result)))

    assert ("error", "KeyboardInterrupt") == (result.status, result.reply["ename"])
    assert "→ hangs()" in shown(result)
    assert "cancelled\n" == kernel.run("print(reply.done_reason)").text


def test_a_function_that_raises_is_shown_and_the_answer_goes_on(kernel: Kernel) -> None:
    broken = '<tool_call>{"name": "broken", "arguments": {}}</tool_call>'
    result = ask(kernel, broken, "Sorry.", options="--tools broken --yes")

    assert ["→ broken()\n✗ Error: ValueError: no <such> city", "Sorry."] == shown(result)[:2]
    assert '<pre class="result wrong"' in result.outputs[0]["data"]["text/html"]


def test_methods_and_several_functions_are_named_with_commas(kernel: Kernel) -> None:
    look = '<tool_call>{"name": "look", "arguments": {}}</tool_call>'
    assert "→ look()\n← a table" in shown(ask(kernel, look, "A table.", options="--tools get_weather,home.look --yes"))
    assert "get_weather" in kernel.run("print(reply.prompt)").text


def test_the_conversation_goes_on_with_calls_and_results(kernel: Kernel) -> None:
    ask(kernel, CALL, "Rain.", options="--new --tools get_weather --yes")
    kernel.run("%%chat caller --out reply\nAnd now?")

    prompt = kernel.run("print(reply.prompt)").text
    assert prompt.startswith('[user]A question[assistant]<tool_call>[{"id":')
    assert "[tool]rain in <Rome>" in prompt
    assert "[assistant]Rain.[user]And now?" in prompt


def test_a_model_that_asks_for_ever_is_stopped_and_the_line_says_so(kernel: Kernel) -> None:
    result = ask(kernel, CALL)

    assert shown(result)[-1].startswith("stopped asking for tools at its limit · caller:latest")
    assert 8 == result.text.count("looking")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--tools get_wether", "UsageError: --tools: this notebook has no function get_wether. Did you mean get_weather?"),
        ("--tools nothing_like_it", "UsageError: --tools: this notebook has no function nothing_like_it. Run the cell that defines it."),
        ("--tools number", "UsageError: --tools: number is no function but int."),
        ("--tools home.sit", "UsageError: --tools: this notebook has no function home.sit."),
        ("--tools get_weather,get_weather", "UsageError: --tools: two tools have the name get_weather."),
        ("--tools get_weather --raw", "UsageError: --raw knows no tools: leave one of the two out."),
    ],
)
def test_a_name_that_is_no_function_is_a_mistake_on_the_line(kernel: Kernel, options: str, says: str) -> None:
    assert kernel.run(f"%%chat caller {options}\nHi").text.strip().startswith(says)


def test_tab_offers_the_functions_of_the_notebook(shell: Shell) -> None:
    shell.run("def get_time(): ...\ndef get_town(): ...\nname = 3")

    assert ("get_t", ["get_time", "get_town"]) == shell.complete("%%chat mario --tools get_t")
    assert ("get_ti", ["get_time"]) == shell.complete("%%chat mario --tools get_town,get_ti")
