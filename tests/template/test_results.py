"""Which tool call a result answers."""

from __future__ import annotations

from jupyter_ollama.messages import Message, Tool, ToolCall
from jupyter_ollama.template.chat import choose
from jupyter_ollama.template.results import linked

USER = Message("user", "warm?")


def calls(*named: tuple[str, str]) -> Message:
    return Message("assistant", tool_calls=tuple(ToolCall(name, id=call_id) for name, call_id in named))


def result(content: str, name: str = "", call_id: str = "") -> Message:
    return Message("tool", content, tool_name=name, tool_call_id=call_id)


def filled(*messages: Message, ids: bool = True) -> list[tuple[str, str, str]]:
    """Content, name and id of every result."""
    return [(one.content, one.tool_name, one.tool_call_id) for one in linked(messages, ids=ids) if one.role == "tool"]


def test_a_result_has_the_name_of_the_call_with_its_id():
    both = calls(("f", "a"), ("g", "b"))
    assert filled(USER, both, result("2", call_id="b"), result("1", call_id="a")) == [("2", "g", "b"), ("1", "f", "a")]


def test_a_result_has_the_id_of_the_first_open_call_of_its_name():
    three = calls(("f", "a"), ("g", "b"), ("f", "c"))
    assert filled(three, result("1", "f"), result("2", "f"), result("3", "g")) == [("1", "f", "a"), ("2", "f", "c"), ("3", "g", "b")]


def test_a_result_that_tells_nothing_answers_the_first_open_call():
    assert filled(calls(("f", "a"), ("g", "b")), result("1"), result("2"), result("3")) == [("1", "f", "a"), ("2", "g", "b"), ("3", "", "")]


def test_a_result_of_something_else_is_left_alone():
    assert filled(calls(("f", "a")), result("1", "h"), result("2", call_id="z")) == [("1", "h", ""), ("2", "", "z")]
    assert filled(result("1")) == [("1", "", "")]


def test_calls_without_ids_get_different_ones_of_nine_characters():
    first, second = (one for one in linked([calls(("f", ""), ("g", "own")), USER, calls(("f", ""))], ids=True) if one.tool_calls)
    assert [call.id for call in (*first.tool_calls, *second.tool_calls)] == ["call00000", "own", "call00002"]
    assert all(len(call.id) == 9 for call in second.tool_calls)


def test_ids_are_added_only_where_they_are_wanted():
    messages = [calls(("f", "")), result("1")]
    assert linked(messages) == [messages[0], result("1", "f")]


def test_a_template_that_insists_on_ids_takes_a_conversation_without_them():
    text = (
        "{% for m in messages %}{% for c in m.tool_calls or [] %}"
        "{% if c.id is not defined or c.id | length != 9 %}{{ raise_exception('ids have nine characters') }}{% endif %}[{{ c.function.name }} {{ c.id }}]"
        "{% endfor %}{% if m.role == 'tool' %}[{{ m.name }} {{ m.tool_call_id }}]{% endif %}{{ m.content }}{% endfor %}{{ tools | length }}"
    )
    messages = [USER, calls(("f", ""), ("g", "")), result("1"), result("2", "g")]
    assert choose(None, text).render(messages, tools=[Tool("f")]) == "warm?[f call00000][g call00001][f call00000]1[g call00001]21"
