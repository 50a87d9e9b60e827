"""What of a conversation fits the context."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ollama.engine.echo import EchoEngine
from jupyter_ollama.errors import TemplateError
from jupyter_ollama.messages import Message
from jupyter_ollama.template.chat import choose
from jupyter_ollama.template.truncation import SLACK, Fitted, Render, Tokenize, beginnings, cut, fit, head_and_room

ROLES = ("user", "assistant", "system", "tool")


class CountingEngine(EchoEngine):
    """One token a byte; remembers what it tokenized."""

    def __init__(self, n_ctx: int) -> None:
        super().__init__(n_ctx=n_ctx)
        self.tokenized: list[str] = []

    def tokenize(self, text: str, *, add_special: bool = True, parse_special: bool = True) -> list[int]:
        self.tokenized.append(text)
        return super().tokenize(text, add_special=add_special, parse_special=parse_special)


def talk(*turns: str) -> list[Message]:
    return [Message(*turn.split(": ", 1)) for turn in turns]


def told(messages: Sequence[Message]) -> str:
    return "".join(f"{one.role[0]}{one.content}" for one in messages)


def fitted(messages: Sequence[Message], n_ctx: int, render: Render = told) -> Fitted:
    return fit(messages, render, EchoEngine().tokenize, n_ctx)


def one_by_one(messages: Sequence[Message], render: Render, tokenize: Tokenize, n_ctx: int) -> Fitted:
    """The rule as Ollama has it: try each beginning in turn, with the system messages before it; at last only these and the last."""
    best = None
    for start in range(max(1, len(messages))):
        conversation = [*(one for one in messages[:start] if one.role == "system"), *messages[start:]]
        try:
            prompt = render(conversation)
        except TemplateError:
            if start == 0:
                raise
            continue
        best = Fitted(prompt, tokenize(prompt), len(messages) - len(conversation))
        if len(best.tokens) <= n_ctx:
            break
    assert best is not None
    return best


# what stays


def test_all_of_it_if_it_fits():
    assert fitted(talk("user: a", "assistant: b", "user: c"), 6) == Fitted("uaabuc", list(b"uaabuc"), 0)


def test_messages_go_one_at_a_time_from_the_front():
    messages = talk("user: a", "assistant: b", "user: c")
    assert [fitted(messages, n_ctx).prompt for n_ctx in (5, 4, 3, 2)] == ["abuc", "abuc", "uc", "uc"]
    assert [fitted(messages, n_ctx).left_out for n_ctx in (6, 5, 3)] == [0, 1, 2]


def test_the_last_message_stays_even_if_nothing_fits():
    assert fitted(talk("user: a", "assistant: b", "user: c"), 1) == Fitted("uc", list(b"uc"), 2)


def test_system_messages_survive_those_around_them():
    messages = talk("system: S", "user: a", "system: T", "assistant: b", "user: c")
    assert fitted(messages, 10).prompt == "sSuasTabuc"
    assert fitted(messages, 8) == Fitted("sSsTabuc", list(b"sSsTabuc"), 1)
    assert fitted(messages, 7).prompt == "sSsTuc"
    assert fitted(messages, 1) == Fitted("sSsTuc", list(b"sSsTuc"), 2)


def test_a_system_message_that_is_not_passed_yet_stays_at_its_place():
    assert fitted(talk("user: a", "user: b", "system: S", "user: c"), 6).prompt == "ubsSuc"


def test_a_last_system_message_is_not_doubled():
    assert fitted(talk("user: a", "system: S"), 1).prompt == "sS"


@pytest.mark.parametrize("messages", [[], talk("user: much too long"), talk("system: only", "system: these")])
def test_what_cannot_be_shortened_is_given_whole(messages):
    assert fitted(messages, 1) == Fitted(told(messages), list(told(messages).encode()), 0)


WORDS = "{{ if .System }}{{ .System }} {{ end }}{{ if .Prompt }}{{ .Prompt }} {{ end }}{{ if .Response }}{{ .Response }} {{ end }}"


@pytest.mark.parametrize(
    ("n_ctx", "prompt"),
    [
        (64, "who goes there a friend be brief say more "),
        (9, "who goes there a friend be brief say more "),
        (8, "a friend be brief say more "),
        (4, "be brief say more "),
        (1, "be brief say more "),
    ],
)
def test_a_template_for_single_rounds_keeps_a_late_system_message_at_its_place(n_ctx, prompt):
    messages = talk("user: who goes there", "assistant: a friend", "system: be brief", "user: say more")
    found = fit(messages, choose(WORDS, None).render, lambda text: list(range(len(text.split()))), n_ctx)
    assert found.prompt == prompt


# refusals


def alternating(messages: Sequence[Message]) -> str:
    """Many templates of GGUF files insist on this."""
    for place, one in enumerate(one for one in messages if one.role != "system"):
        if one.role != ("user", "assistant")[place % 2]:
            raise TemplateError("roles must alternate", line=0, column=0)
    return told(messages)


def test_a_beginning_that_the_template_refuses_is_passed_over():
    messages = talk("user: a", "assistant: b", "user: c", "assistant: d", "user: e")
    assert [fitted(messages, n_ctx, alternating).prompt for n_ctx in (10, 9, 6, 5, 2)] == ["uaabucadue", "ucadue", "ucadue", "ue", "ue"]


def test_if_the_shortest_is_refused_the_shortest_that_is_not_is_given():
    messages = talk("user: a", "assistant: b", "user: c", "assistant: d")
    assert fitted(messages, 1, alternating) == Fitted("ucad", list(b"ucad"), 2)


def test_a_conversation_that_the_template_refuses_is_an_error():
    with pytest.raises(TemplateError, match="alternate"):
        fitted(talk("assistant: a", "assistant: b", "user: c"), 4, alternating)


def test_a_real_template_that_wants_users_and_assistants_in_turn():
    text = (
        "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
        "<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
    )
    messages = [Message("assistant" if n % 2 else "user", f"message {n}") for n in range(41)]
    found = fitted(messages, 100, choose(None, text).render)
    assert found.prompt == "<user>message 38<assistant>message 39<user>message 40<assistant>"


# the work


def test_what_fits_is_tokenized_once():
    engine = CountingEngine(100)
    messages = talk("system: S", "user: a", "assistant: b", "user: c")
    fit(messages, told, engine.tokenize, 100)
    assert engine.tokenized == ["sSuaabuc"]


def test_a_long_conversation_is_not_tokenized_for_every_message():
    engine = CountingEngine(3000)
    messages = [Message(ROLES[n % 2], f"{n:099}") for n in range(2000)]
    assert fit(messages, told, engine.tokenize, 3000).left_out == 1970
    assert len(engine.tokenized) <= 13
    assert sum(map(len, engine.tokenized)) < 3 * len(told(messages))


# the same as one by one, for any conversation


messages_of_any_kind = st.lists(st.builds(Message, st.sampled_from(ROLES), st.text("ab", max_size=12)), max_size=30)


@given(messages_of_any_kind, st.integers(1, 250))
def test_it_is_what_trying_one_by_one_gives(messages, n_ctx):
    tokenize = EchoEngine().tokenize
    assert fit(messages, told, tokenize, n_ctx) == one_by_one(messages, told, tokenize, n_ctx)


@settings(max_examples=300)
@given(messages_of_any_kind, st.integers(1, 250), st.data())
def test_so_it_is_with_templates_that_refuse_and_print_a_little_more_for_less(messages, n_ctx, data):
    """Up to SLACK tokens more although it has fewer messages, and refused beginnings."""
    extra = data.draw(st.lists(st.integers(0, SLACK), min_size=31, max_size=31))
    refused = data.draw(st.sets(st.integers(0, 30)))

    def render(conversation: Sequence[Message]) -> str:
        dropped = len(messages) - len(conversation)
        if dropped and dropped in refused:
            raise TemplateError("no", line=0, column=0)
        return told(conversation) + "." * extra[dropped]

    tokenize = EchoEngine().tokenize
    assert fit(messages, render, tokenize, n_ctx) == one_by_one(messages, render, tokenize, n_ctx)


@given(messages_of_any_kind)
def test_the_beginnings_are_those_of_one_by_one(messages):
    without = beginnings(messages)
    distinct = []
    for start in range(max(1, len(messages))):
        conversation = [*(one for one in messages[:start] if one.role == "system"), *messages[start:]]
        if conversation not in distinct[-1:] or len(conversation) < len(distinct[-1]):
            distinct.append(conversation)
    assert distinct == [without(left_out) for left_out in range(len(distinct))]


# a prompt that is too long by itself


def test_four_thousand_tokens_leave_half_a_context_of_room():
    tokens = list(range(5000))
    assert cut(tokens, 4096, 4) == [0, 1, 2, 3, *range(5000 - 2046, 5000)]
    assert len(cut(tokens, 4096, 4)) == 2050


@pytest.mark.parametrize(("n_ctx", "n_keep", "room"), [(8, 3, 6), (4096, 4, 2050), (8, 99, 7), (8, -1, 4), (1, 0, 0)])
def test_half_of_what_need_not_stay_makes_room(n_ctx: int, n_keep: int, room: int):
    head, kept = head_and_room(n_ctx, n_keep)
    assert kept == room
    assert 0 <= head <= max(n_ctx - 2, 0)


@given(st.integers(0, 300), st.integers(4, 200), st.integers(-2, 300))
def test_a_cut_prompt_fits_and_has_the_beginning_and_the_end(n_tokens, n_ctx, n_keep):
    tokens = list(range(n_tokens))
    kept = cut(tokens, n_ctx, n_keep)
    if n_tokens <= n_ctx:
        assert kept == tokens
    else:
        assert len(kept) < n_ctx
        assert kept[-1] == tokens[-1]
        assert kept == sorted(set(kept))
        assert kept[: max(0, min(n_keep, n_ctx - 2))] == tokens[: max(0, min(n_keep, n_ctx - 2))]
