"""Python functions as tools: called as the model asks, told what they return, until it answers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from jupyter_ollama import Chunk, Done, Message, Ollama, OllamaError, Run, Tool, ToolCall
from jupyter_ollama.engine.echo import EchoEngine, EchoEngines
from jupyter_ollama.errors import OptionError
from jupyter_ollama.events import Progress, ToolResult

from .conftest import Create

TEMPLATE = """{{ range .Messages }}[{{ .Role }}{{ if .ToolName }} {{ .ToolName }}{{ end }}]{{ .Content }}{{ if .ToolCalls }}<tool_call>{{ range .ToolCalls }}{{ .Function.Name }}{{ .Function.Arguments }}{{ end }}</tool_call>{{ end }}
{{ end }}{{ .Tools }}"""

Chat = Callable[..., Run[Done]]


class Script(EchoEngines):
    """Gives one answer after the other; the last one again and again. ``prompts`` are what was asked."""

    def __init__(self, *answers: str) -> None:
        self.all = [EchoEngine(one) for one in answers]
        super().__init__(*self.all)

    @property
    def prompts(self) -> list[str]:
        return [engine.detokenize(prompt).decode() for engine in self.all for prompt in engine.prompts]


def asks(name: str, arguments: str = "{}") -> str:
    return f'<tool_call>{{"name": "{name}", "arguments": {arguments}}}</tool_call>'


def get_weather(city: str, days: int = 1) -> str:
    """Tells the weather.

    Args:
        city: Where.
    """
    return f"rain in {city} for {days}"


@pytest.fixture
def chat(ollama: Ollama, create: Create) -> Chat:
    """Chats with a model that gives these answers, one a round."""

    def ask(*answers: str, message: object = "Weather?", **arguments: object) -> Run[Done]:
        create("mario", f'TEMPLATE """{TEMPLATE}"""')
        ollama.engines.close()
        ollama.engines = Script(*answers)  # type: ignore[assignment]
        return ollama.chat("mario", message, **{"approve": True, **arguments})  # type: ignore[arg-type]

    return ask


def results(run: Run[Done]) -> list[tuple[str, str]]:
    return [(event.outcome, event.result) for event in run if isinstance(event, ToolResult)]


def test_a_function_is_called_and_the_model_answers_with_what_it_returned(ollama: Ollama, chat: Chat) -> None:
    run = chat("I look. " + asks("get_weather", '{"city": "Rome", "days": "3"}'), "It rains.", tools=[get_weather])
    done = run.result(20)

    assert "It rains." == done.message.content
    assert [("done", "rain in Rome for 3")] == results(run)
    first, second = ollama.engines.prompts  # type: ignore[attr-defined]
    assert '"description":"Where."' in first
    assert "[user]Weather?\n" == first[: first.index("[{")]
    assert second.startswith('[user]Weather?\n[assistant]I look.<tool_call>get_weather{"city":"Rome","days":"3"}</tool_call>\n[tool get_weather]rain in Rome for 3\n')


def test_the_events_tell_the_call_that_it_runs_and_its_result_in_this_order(chat: Chat) -> None:
    run = chat(asks("get_weather", '{"city": "Rome"}'), "Rain.", tools=get_weather)
    run.result(20)

    kinds = [event.status if isinstance(event, Progress) else type(event).__name__ for event in run]
    assert ["loading mario:latest", "Chunk", "calling get_weather", "ToolResult", "loading mario:latest", "Chunk"] == kinds
    assert "Rain." == "".join(event.content for event in run)
    (result,) = (event for event in run if isinstance(event, ToolResult))
    (call,) = (call for event in run if isinstance(event, Chunk) for call in event.tool_calls)
    assert call == result.call
    assert result.run_duration > 0


def test_the_turns_between_and_the_cost_of_all_rounds_are_in_the_result(chat: Chat) -> None:
    done = chat(asks("get_weather", '{"city": "Rome"}'), "Rain.", tools=[get_weather]).result(20)

    asked, told = done.turns
    assert ("assistant", "get_weather") == (asked.role, asked.tool_calls[0].name)
    assert Message("tool", "rain in Rome for 1", tool_name="get_weather", tool_call_id=asked.tool_calls[0].id) == told
    assert 4 == done.statistics.eval_count  # two rounds of one piece and its end
    assert done.statistics.prompt_eval_count > len(done.prompt)


def test_several_calls_of_one_answer_are_all_told(ollama: Ollama, chat: Chat) -> None:
    calls = asks("get_weather", '{"city": "Rome"}') + asks("get_weather", '{"city": "Oslo"}')
    run = chat(calls, "Rain.", tools=[get_weather])
    run.result(20)

    assert [("done", "rain in Rome for 1"), ("done", "rain in Oslo for 1")] == results(run)
    assert "[tool get_weather]rain in Rome for 1\n[tool get_weather]rain in Oslo for 1\n" in ollama.engines.prompts[1]  # type: ignore[attr-defined]


def test_the_model_may_ask_again_and_again_up_to_the_bound(chat: Chat) -> None:
    again = asks("get_weather", '{"city": "Rome"}')
    done = chat(again, again, "Rain.", tools=[get_weather]).result(20)
    assert ("Rain.", "stop", 4) == (done.message.content, done.done_reason, len(done.turns))

    run = chat(again, tools=[get_weather], max_rounds=3)
    done = run.result(20)
    assert ("rounds", 3, ["get_weather"]) == (done.done_reason, len(results(run)), [call.name for call in done.message.tool_calls])
    assert "rounds" == chat(again, tools=[get_weather], max_rounds=0).result(20).done_reason


# what goes wrong in a function


def test_what_a_function_raises_is_told_to_the_model_and_kept_for_the_user(chat: Chat) -> None:
    def broken() -> None:
        raise ValueError("no such city")

    run = chat(asks("broken"), "Sorry.", tools=[broken])
    assert "Sorry." == run.result(20).message.content
    assert [("failed", "Error: ValueError: no such city")] == results(run)
    (error,) = (event.error for event in run if isinstance(event, ToolResult))
    assert isinstance(error, ValueError)
    assert error.__traceback__ is not None


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), RecursionError("deep"), MemoryError()])
def test_no_exception_of_a_function_ends_the_answer(chat: Chat, error: BaseException) -> None:
    def broken() -> None:
        raise error

    run = chat(asks("broken"), "Sorry.", tools=[broken])
    assert "Sorry." == run.result(20).message.content
    assert [("failed", f"Error: {type(error).__name__}")] == [(outcome, text.partition(": ")[0] + ": " + text.split(": ")[1]) for outcome, text in results(run)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"town": "Rome"}', "Error: get_weather has no argument 'town': it takes city, days."),
        ('{"citi": "Rome"}', "Error: get_weather has no argument 'citi': did you mean city?"),
        ("{}", "Error: get_weather needs the argument 'city'."),
        ('{"city": "Rome", "days": "many"}', "Error: days must be a number, not 'many'."),
        ('{"city": ["Rome"]}', "Error: city must be a text, not ['Rome']."),
    ],
)
def test_arguments_that_do_not_fit_are_told_to_the_model(chat: Chat, arguments: str, told: str) -> None:
    run = chat(asks("get_weather", arguments), "Sorry.", tools=[get_weather])
    run.result(20)

    assert [("failed", told)] == results(run)


def test_a_tool_that_is_not_there_is_told_with_those_that_are(chat: Chat) -> None:
    run = chat(asks("get_whether"), "Sorry.", tools=[get_weather], approve=lambda call: pytest.fail("asked"))
    run.result(20)

    assert [("failed", "Error: there is no tool get_whether. There are: get_weather.")] == results(run)


def test_a_function_that_hangs_is_given_up_and_ended(chat: Chat) -> None:
    ended = threading.Event()

    def hangs() -> None:
        try:
            while True:
                time.sleep(0.01)
        finally:
            ended.set()

    run = chat(asks("hangs"), "Sorry.", tools=[hangs], tool_timeout=0.2)
    assert "Sorry." == run.result(20).message.content
    assert [("late", "Error: hangs did not return within 0.2 s.")] == results(run)
    assert ended.wait(10)


def test_an_asynchronous_function_that_hangs_is_ended_too(chat: Chat) -> None:
    ended = threading.Event()

    async def hangs() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    run = chat(asks("hangs"), "Sorry.", tools=[hangs], tool_timeout=0.2)
    run.result(20)
    assert [("late", "Error: hangs did not return within 0.2 s.")] == results(run)
    assert ended.wait(10)


def test_cancelling_while_a_function_hangs_ends_the_answer_with_what_there_is(chat: Chat) -> None:
    running, ended = threading.Event(), threading.Event()

    def hangs() -> None:
        running.set()
        try:
            while True:
                time.sleep(0.01)
        finally:
            ended.set()

    run = chat("I look. " + asks("hangs"), tools=[hangs], tool_timeout=None)
    assert running.wait(20)
    run.cancel()
    done = run.result(20)
    assert ("cancelled", "I look.") == (done.done_reason, done.message.content)
    assert ended.wait(10)


# what functions may be


def test_asynchronous_functions_generators_and_methods_are_called_too(chat: Chat) -> None:
    async def slow(n: int) -> int:
        await asyncio.sleep(0)
        return n + 1

    def several(n: int) -> object:
        yield from range(n)

    class Home:
        def hello(self, name: str) -> dict[str, str]:
            return {"hello": name}

    calls = asks("slow", '{"n": 1}') + asks("several", '{"n": 3}') + asks("hello", '{"name": "Ann"}')
    run = chat(calls, "Done.", tools=[slow, several, Home().hello])
    run.result(20)

    assert [("done", "2"), ("done", "[0, 1, 2]"), ("done", '{"hello": "Ann"}')] == results(run)


def test_a_tool_may_have_a_schema_of_its_own_and_a_function(chat: Chat) -> None:
    tool = Tool("look", "Looks.", {"type": "object", "properties": {"at": {"type": "string"}}}, function=lambda at: at.upper())
    run = chat(asks("look", '{"at": "sky"}'), "Done.", tools=[tool])
    run.result(20)

    assert [("done", "SKY")] == results(run)


def test_calls_of_tools_without_a_function_are_the_callers(chat: Chat) -> None:
    other = Tool("other", "", {"type": "object", "properties": {}})
    run = chat(asks("get_weather", '{"city": "Rome"}') + asks("other"), "Never.", tools=[get_weather, other])
    done = run.result(20)

    assert (["get_weather", "other"], "stop", ()) == ([call.name for call in done.message.tool_calls], done.done_reason, done.turns)
    assert [] == results(run)


def test_with_approve_false_all_calls_are_the_callers(chat: Chat) -> None:
    run = chat(asks("get_weather", '{"city": "Rome"}'), "Never.", tools=[get_weather], approve=False)

    assert ["get_weather"] == [call.name for call in run.result(20).message.tool_calls]
    assert [] == results(run)


# approval


def test_a_function_decides_and_its_words_are_told(chat: Chat) -> None:
    asked: list[ToolCall] = []
    verdicts = iter([True, False, "Use Celsius."])

    def decide(call: ToolCall) -> bool | str:
        asked.append(call)
        return next(verdicts)

    run = chat(asks("get_weather", '{"city": "Rome"}') * 3, "Done.", tools=[get_weather], approve=decide)
    run.result(20)

    refused = "The user does not allow this call."
    assert [("done", "rain in Rome for 1"), ("refused", refused), ("refused", f"{refused} They say: Use Celsius.")] == results(run)
    assert [{"city": "Rome"}] * 3 == [call.arguments for call in asked]


@pytest.mark.parametrize(
    ("typed", "outcomes"),
    [("y", ["done", "done"]), ("", ["refused", "refused"]), ("no", ["refused", "refused"]), ("Yes", ["done", "done"]), ("not there", ["refused", "refused"])],
)
def test_who_waits_is_asked(chat: Chat, monkeypatch: pytest.MonkeyPatch, typed: str, outcomes: list[str]) -> None:
    asked: list[tuple[str, threading.Thread]] = []

    def type_in(prompt: str) -> str:
        asked.append((prompt, threading.current_thread()))
        return typed

    monkeypatch.setattr("builtins.input", type_in)
    run = chat(asks("get_weather", '{"city": "Rome"}') * 2, "Done.", tools=[get_weather], approve=None)
    run.result(20)

    assert outcomes == [outcome for outcome, _ in results(run)]
    assert [('Run get_weather(city="Rome")? [y]es, [n]o, [a]ll: ', threading.current_thread())] * 2 == asked


def test_all_is_asked_once(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["n", "a"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    again = asks("get_weather", '{"city": "Rome"}') * 2
    run = chat(again, again, "Done.", tools=[get_weather], approve=None)
    for _ in run:
        pass

    assert ["refused", "done", "done", "done"] == [outcome for outcome, _ in results(run)]


def test_who_iterates_waits_in_batches_or_awaits_is_asked_too(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "y")
    said = asks("get_weather", '{"city": "Rome"}'), "Done."

    async def waited(run: Run[Done]) -> Done:
        return await run

    for wait in (list, lambda run: list(run.batches(0.01)), lambda run: asyncio.run(waited(run))):
        run = chat(*said, tools=[get_weather], approve=None)
        wait(run)  # type: ignore[operator]
        assert ["done"] == [outcome for outcome, _ in results(run)]


def test_where_nobody_can_be_asked_nothing_runs_and_the_remedy_is_told(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", no_terminal)
    with pytest.raises(OllamaError, match=r"get_weather was not run: nobody can be asked here\. Pass approve=True .* --yes"):
        chat(asks("get_weather", '{"city": "Rome"}'), "Done.", tools=[get_weather], approve=None).result(20)


def test_an_interrupt_while_being_asked_goes_to_who_was_asked_and_ends_the_answer(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    run = chat("I look. " + asks("get_weather", '{"city": "Rome"}'), "Done.", tools=[get_weather], approve=None)
    with pytest.raises(KeyboardInterrupt):
        run.result(20)
    assert ("cancelled", "I look.") == ((done := run.result(20)).done_reason, done.message.content)
    assert [] == results(run)


def test_what_a_deciding_function_raises_is_the_callers(chat: Chat) -> None:
    def decide(call: ToolCall) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        chat(asks("get_weather", '{"city": "Rome"}'), tools=[get_weather], approve=decide).result(20)


# bad input


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"approve": "yes"}, "approve cannot be 'yes'. It is True, False, or a function"),
        ({"max_rounds": -1}, "max_rounds cannot be -1. It is a whole number"),
        ({"max_rounds": 2.5}, "max_rounds cannot be 2.5"),
        ({"tool_timeout": 0}, "tool_timeout cannot be 0. It is a number of seconds above 0"),
        ({"tool_timeout": "1m"}, "tool_timeout cannot be '1m'"),
    ],
)
def test_bad_terms_are_told_before_anything_is_asked(ollama: Ollama, arguments: dict[str, object], says: str) -> None:
    with pytest.raises(OptionError, match=says.replace(".", r"\.")):
        ollama.chat("mario", "hi", tools=[get_weather], **arguments).result(20)  # type: ignore[arg-type]
