"""Values as people read them: Ollama's tables to the byte, HTML that nothing breaks out of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_ollama import render
from jupyter_ollama.events import Done, Statistics, ToolResult
from jupyter_ollama.messages import Message, ToolCall
from jupyter_ollama.models import Deleted, Details, LayerInfo, LoadedList, LoadedModel, ModelInfo, ModelList, ModelSummary, Pruned

HOSTILE = "<img src=x onerror=alert(1)>\"'&\x1b[2J"


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def summary(name: str = "model1", digest: str = "sha256:abc12", size_bytes: int = 1024, **span: float) -> ModelSummary:
    return ModelSummary(name, digest, size_bytes, ago(**(span or {"hours": 24})), Details(parameter_size="7B", quantization_level="FP16"))


def info(**changes: object) -> ModelInfo:
    values: dict[str, object] = {
        "name": "test:latest",
        "digest": "0123456789abcdef",
        "size_bytes": 1500,
        "modified_at": ago(hours=1),
        "details": Details(family="test", parameter_size="7B", quantization_level="FP16"),
        "capabilities": (),
        "template": "",
        "system": "",
        "parameters": {},
        "messages": (),
        "licenses": (),
        "modelfile": "FROM test",
        "layers": (),
        "metadata": {"general.architecture": "test"},
    }
    return ModelInfo(**{**values, **changes})  # type: ignore[arg-type]


def done(reason: str = "stop", **changes: object) -> Done:
    statistics = Statistics(total_duration=1_240_000_000, eval_count=24, eval_duration=400_000_000)
    values: dict[str, object] = {"digest": "ab" * 32, "seed": 42, "options": {"temperature": 0.2}, **changes}
    return Done(Message("assistant", "Hi"), "mario:latest", reason, statistics, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1024, "1.0 KB"), (1_500_000, "1.5 MB"), (2_000_000_000, "2 GB"),
     (12_345_678_901, "12 GB"), (9_990_000, "10.0 MB"), (5_000_000_000_000, "5 TB")],
)  # fmt: skip
def test_bytes_are_decimal_with_one_digit_below_ten(size_bytes: int, text: str) -> None:
    assert text == render.human_bytes(size_bytes)


@pytest.mark.parametrize(
    ("count", "text"),
    [(999, "999"), (1000, "1K"), (17_800, "17K"), (5_249_536, "5.25M"), (7_000_000, "7M"), (8_000_000_000, "8B"), (1_235_000_000, "1.2B")],
)  # fmt: skip
def test_counts_have_a_letter(count: int, text: str) -> None:
    assert text == render.human_count(count)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.9, "Less than a second"), (1, "1 second"), (59.9, "59 seconds"), (60, "About a minute"), (119, "About a minute"),
     (3599, "59 minutes"), (3600, "About an hour"), (5400, "2 hours"), (86400, "24 hours"), (2 * 86400, "2 days"), (13 * 86400, "13 days"),
     (14 * 86400, "2 weeks"), (59 * 86400, "8 weeks"), (60 * 86400, "2 months"), (729 * 86400, "24 months"), (730 * 86400, "2 years")],
)  # fmt: skip
def test_durations_are_words(seconds: float, text: str) -> None:
    assert text == render.human_duration(seconds)


def test_times_say_ago_from_now_never_and_forever() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert "3 weeks ago" == render.human_time(now - timedelta(weeks=3), now=now)
    assert "4 minutes from now" == render.human_time(now + timedelta(minutes=4, seconds=30), now=now)
    assert "Forever" == render.human_time(now + timedelta(days=365 * 22), now=now)
    assert "Never" == render.human_time(None)


def test_list_is_ollamas_table_to_the_byte() -> None:
    models = ModelList([summary()])

    assert str(models).splitlines() == [
        "NAME      ID              SIZE      MODIFIED     ",
        "model1    sha256:abc12    1.0 KB    24 hours ago    ",
    ]


def test_an_empty_list_prints_only_the_header() -> None:
    assert "NAME    ID    SIZE    MODIFIED " == str(ModelList([]))


def test_the_store_is_a_column_only_where_there_are_two() -> None:
    theirs = replace(summary("model2"), store="/usr/share/ollama/.ollama/models")

    assert str(ModelList([summary(), theirs])).splitlines() == [
        "NAME      ID              SIZE      MODIFIED        STORE  ",
        "model1    sha256:abc12    1.0 KB    24 hours ago    own       ",
        "model2    sha256:abc12    1.0 KB    24 hours ago    system    ",
    ]
    assert "in /usr/share/ollama/.ollama/models" in str(theirs)
    page = render.html(ModelList([summary(), theirs]))
    assert 'title="/usr/share/ollama/.ollama/models">system<' in page
    assert "STORE" not in render.html(ModelList([summary()]))


def test_notes_about_a_model_stand_in_text_and_page() -> None:
    odd = info(notes=("It does not run.",), store="/srv/models", requires="0.14.0", remote_model="far", remote_host="https://far")

    assert "  Note\n    It does not run.    \n" in str(odd)
    for line in ("    Remote model    far            ", "    Remote URL      https://far    ", "    requires        0.14.0         ", "    store           /srv/models    "):
        assert line in str(odd).splitlines()
    assert "It does not run." in render.html(odd)


def test_columns_line_up_below_wide_characters() -> None:
    lines = str(ModelList([summary("模型"), summary("model1")])).splitlines()

    assert lines[1].startswith("模型      sha256")
    assert lines[2].startswith("model1    sha256")


def test_ps_shows_processor_context_and_when_it_ends() -> None:
    soon = datetime.now(UTC) + timedelta(minutes=4, seconds=30)
    rows = LoadedList(
        [
            LoadedModel("mario:latest", "a80c4f17acd5ffff", 2_000_000_000, "100% CPU", 4096, soon),
            LoadedModel("luigi:latest", "b80c4f17acd5ffff", 999, "100% CPU", 2048, None),
            LoadedModel("toad:latest", "c80c4f17acd5ffff", 999, "100% CPU", 2048, ago(seconds=5)),
        ]
    )

    lines = str(rows).splitlines()

    assert "NAME            ID              SIZE     PROCESSOR    CONTEXT    UNTIL " == lines[0].rstrip() + " "
    assert lines[1].startswith("mario:latest    a80c4f17acd5    2 GB     100% CPU     4096       4 minutes from now    ")
    assert "Forever" in lines[2]
    assert "Stopping..." in lines[3]


def test_show_prints_ollamas_blocks_to_the_byte() -> None:
    shown = info(
        parameters={"stop": ["user:", "assistant:"], "temperature": 0.7},
        system="You are a pirate!\n\nAhoy, matey!\nMore.",
        licenses=("MIT License\nCopyright",),
        capabilities=("completion", "vision"),
    )

    assert str(shown).splitlines() == [
        "  Model",
        "    architecture    test    ",
        "    parameters      7B      ",
        "    quantization    FP16    ",
        "",
        "  Capabilities",
        "    completion    ",
        "    vision        ",
        "",
        "  Parameters",
        '    stop           "user:"         ',
        '    stop           "assistant:"    ',
        "    temperature    0.7             ",
        "",
        "  System",
        "    You are a pirate!    ",
        "    Ahoy, matey!         ",
        "    ...                  ",
        "",
        "  License",
        "    MIT License    ",
        "    Copyright      ",
    ]
    assert str(shown).endswith("    Copyright      \n")


def test_show_knows_context_and_embedding_length_from_the_header() -> None:
    shown = info(metadata={"general.architecture": "llama", "llama.context_length": 2048, "llama.embedding_length": 256})

    assert "    context length      2048     \n    embedding length    256      \n" in str(shown)


def test_verbose_show_sorts_the_metadata_and_cuts_lists() -> None:
    shown = info(metadata={"b.list": list(range(100)), "a.rate": 10000.0, "c.long": None, "d.flag": True})

    lines = render.plain(shown, verbose=True).splitlines()
    assert ["    a.rate    10000                      ", "    b.list    [0 1 2 3 4 ...+95 more]    "] == lines[6:8]
    assert "    c.long    <nil>" in render.plain(shown, verbose=True)
    assert "Metadata" not in render.plain(shown)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.7, "0.7"), (2048, "2048"), (128256, "128256"), (1_000_000, "1e+06"), (1_048_576, "1.048576e+06"), (1e-05, "1e-05"),
     (0.0001, "0.0001"), (0.123456789, "0.123456789"), (-2.5e-10, "-2.5e-10"), (0.0, "0"), (float("inf"), "+Inf")],
)  # fmt: skip
def test_metadata_numbers_are_gos_shortest(number: float, text: str) -> None:
    assert f"    a    {text}    " == render.plain(info(metadata={"a": number}), verbose=True).splitlines()[6]


def test_parameter_lines_quote_texts_and_repeat_the_name_for_lists() -> None:
    assert render.parameter_lines({"temperature": 1.0, "stop": ["<|im_end|>", 'a "b"'], "use_mmap": True}) == [
        f'{"stop":<30} "<|im_end|>"',
        f'{"stop":<30} "a \\"b\\""',
        f"{'temperature':<30} 1",
        f"{'use_mmap':<30} true",
    ]


def test_pruned_tells_files_bytes_and_what_is_left_to_go_on_with() -> None:
    assert "nothing to remove" == str(Pruned(0, 0))
    assert "removed 1 file, 2 MB freed" == str(Pruned(1, 2_000_000))
    assert "removed 3 files, 2 MB freed; 1 KB in unfinished downloads stay" == str(Pruned(3, 2_000_000, 1_000))
    assert "2 MB freed" in render.html(Pruned(1, 2_000_000))


def test_nothing_a_model_says_becomes_markup() -> None:
    layer = LayerInfo(HOSTILE, HOSTILE, HOSTILE, 1, shared_with=(HOSTILE,), name=HOSTILE)
    row = replace(summary(HOSTILE, HOSTILE), store=HOSTILE, remote_model=HOSTILE, remote_host=HOSTILE)
    values = [
        ModelList([row]),
        row,
        LoadedList([LoadedModel(HOSTILE, HOSTILE, 1, HOSTILE, 1, None)]),
        Deleted((HOSTILE,), 1),
        info(
            name=HOSTILE, digest=HOSTILE, details=Details(HOSTILE, HOSTILE, (HOSTILE,), HOSTILE, HOSTILE), capabilities=(HOSTILE,),
            template=HOSTILE, system=HOSTILE, parameters={HOSTILE: [HOSTILE]}, messages=(Message("user", HOSTILE),), licenses=(HOSTILE,),
            modelfile=HOSTILE, layers=(layer,), metadata={HOSTILE: HOSTILE}, requires=HOSTILE, remote_model=HOSTILE, remote_host=HOSTILE,
            store=HOSTILE, notes=(HOSTILE,),
        ),
    ]  # fmt: skip

    for value in values:
        shown = render.html(value)
        assert "&lt;img" in shown
        assert "<img" not in shown
        assert not re.search(r'="[^"]*onerror=alert\(1\)>"', shown)
        assert "\x1b" not in render.plain(value)
    assert "<img" not in render.footer_html(Done(Message("assistant"), HOSTILE, "stop", Statistics()))


def test_control_characters_cannot_drive_a_terminal() -> None:
    assert "a\\x1b]0;title\\x07b\n\tc" == render.visible("a\x1b]0;title\x07b\r\n\tc")


def test_values_show_themselves_in_text_and_html() -> None:
    for value in (ModelList([summary()]), summary(), LoadedList([]), info(), Deleted(("a",), 1), Pruned(0, 0)):
        bundle = value._repr_mimebundle_()

        assert {"text/plain", "text/html"} == set(bundle)
        assert bundle["text/plain"] == str(value)
        assert '<div class="jupyter-ollama">' in bundle["text/html"]


def test_html_tells_layers_and_who_shares_them() -> None:
    layers = (
        LayerInfo("model", "m", "sha256:" + "a1" * 32, 3_300_000, shared_with=("luigi:latest",)),
        LayerInfo("config", "c", "b2" * 32, 40),
    )

    shown = render.html(info(layers=layers))

    assert "a1a1a1a1a1a1<" in shown
    assert "3.3 MB" in shown
    assert "luigi:latest" in shown
    assert "ALSO IN" not in render.html(info(layers=layers[1:]))


def test_the_line_below_an_answer_tells_model_tokens_rate_time_and_seed() -> None:
    assert "mario:latest · 24 tokens · 60 tokens/s · 1.2 s · seed 42" == render.footer(done())
    assert render.footer(done("cancelled")).startswith("interrupted · mario:latest")
    assert render.footer(done("length")).startswith("stopped at its length limit · ")


def test_what_did_not_fit_the_context_is_told_last():
    assert render.footer(done(left_out=1)).endswith("seed 42 · 1 earlier message left out")
    assert render.footer(done(left_out=2, cut_tokens=1950)).endswith(" · 2 earlier messages left out · 1,950 prompt tokens left out")


def test_provenance_is_what_it_takes_to_get_the_answer_again() -> None:
    told = render.provenance(done())

    assert ("mario:latest", "sha256:" + "ab" * 32, {"temperature": 0.2}, 42, "stop") == tuple(
        told[key] for key in ("model", "digest", "options", "seed", "done_reason")
    )
    assert 24 == told["statistics"]["eval_count"]


def test_a_value_without_a_form_is_a_type_error() -> None:
    for form in (render.plain, render.html):
        with pytest.raises(TypeError, match="int"):
            form(3)


CALLS = (ToolCall("get_weather", {"city": "Paris", "days": [1, 2.5, None], "snow": True}), ToolCall("get_time"))


def test_a_tool_call_is_written_as_code() -> None:
    assert '→ get_weather(city="Paris", days=[1, 2.5, null], snow=true)\n→ get_time()' == render.calls(CALLS)
    shown = render.calls_html(CALLS)
    assert '<span class="name">get_weather</span>(<span>city</span>=<span class="value">&quot;Paris&quot;</span>' in shown


def test_thoughts_are_folded_once_they_are_over_and_marked_as_ollama_marks_them() -> None:
    assert "Thinking...\nA dog?\n...done thinking." == render.thoughts("\nA dog?\n")
    assert "Thinking...\nA dog?" == render.thoughts("A dog?", live=True)
    assert "<summary>Thoughts · 2 words</summary>" in render.thoughts_html("A dog?")
    assert "<details class=\"thoughts\">" in render.thoughts_html("A dog?")
    assert "<details class=\"thoughts live\" open>" in render.thoughts_html("A dog?", live=True)


def test_nothing_a_model_thinks_or_calls_becomes_markup() -> None:
    call = ToolCall(HOSTILE, {HOSTILE: HOSTILE, "x": {HOSTILE: [HOSTILE]}})

    for shown in (render.thoughts_html(HOSTILE), render.calls_html([call])):
        assert "<img" not in shown
        assert "\x1b" not in shown
    for text in (render.thoughts(HOSTILE), render.calls([call])):
        assert "\x1b" not in text


def test_an_answer_shows_what_it_asks_for() -> None:
    asked = Done(Message("assistant", "Let me see.", tool_calls=CALLS[1:]), "mario:latest", "stop", Statistics())

    assert "Let me see.\n→ get_time()" == asked._repr_mimebundle_()["text/plain"]
    assert "Let me see.\n\n    → get_time()" == asked._repr_mimebundle_()["text/markdown"]
    turns = (Message("assistant", tool_calls=CALLS[1:]), Message("tool", "12:00\nnoon", tool_name="get_time"))
    answered = Done(Message("assistant", "It is noon."), "mario:latest", "stop", Statistics(), turns=turns)
    assert "→ get_time()\n← 12:00\nnoon\nIt is noon." == answered._repr_mimebundle_()["text/plain"]
    assert "    → get_time()\n    ← 12:00\n    noon\n\nIt is noon." == answered._repr_mimebundle_()["text/markdown"]
    assert {"text/plain": "Hi", "text/markdown": "Hi"} == done()._repr_mimebundle_()


def test_a_result_stands_below_its_call_with_a_sign_of_what_became_of_it() -> None:
    (call,) = CALLS[1:]
    done, failed = ToolResult(call, "12:00", run_duration=1_500_000_000), ToolResult(call, "Error: no clock", "failed")

    assert "→ get_time()\n← 12:00\n→ get_time()\n✗ Error: no clock\n→ get_time()" == render.exchange([(call, done), (call, failed), (call, None)])
    html = render.exchange_html([(call, done), (call, failed)])
    assert '<pre class="result" title="1.50 s">← 12:00</pre>' in html
    assert '<pre class="result wrong">✗ Error: no clock</pre>' in html


def test_a_long_result_is_cut_as_text_and_folded_in_html() -> None:
    (call,) = CALLS[1:]
    told = ToolResult(call, "first line\n" + "x" * 5000)

    assert len(render.result(told)) < 2100
    assert render.result(told).endswith("x [5,011 characters]")
    assert "<summary>← first line … 5,011 characters</summary>" in render.exchange_html([(call, told)])
    assert "x" * 5000 in render.exchange_html([(call, told)])


def test_nothing_in_a_result_becomes_markup() -> None:
    for text in (HOSTILE, HOSTILE + "\n" + HOSTILE):
        told = ToolResult(ToolCall("f"), text)
        assert "<img" not in render.exchange_html([(told.call, told)])
        assert "\x1b" not in render.exchange_html([(told.call, told)]) + render.result(told)
