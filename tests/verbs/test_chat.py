"""``chat`` and ``generate`` on a real engine: what the model is told, how an answer ends, what happens when things go wrong."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_ollama import Chunk, Done, Message, Ollama, OllamaError, Run
from jupyter_ollama.errors import ContextFull, EngineCrashed, EngineError
from jupyter_ollama.gguf import read_index

from .conftest import Create

CHATML = '{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n'
SHORT = {"num_predict": 8, "temperature": 0}


def told(ollama: Ollama, *messages: object, model: str = "mario", **arguments: object) -> str:
    """The prompt that a chat makes, shortened to one line a turn."""
    done = ollama.chat(model, list(messages), options=SHORT, **arguments).result(60)  # type: ignore[arg-type]
    turns = done.prompt.split("<|im_start|>")[1:-1]
    return " | ".join(turn.replace("<|im_end|>\n", "").replace("\n", ": ", 1) for turn in turns)


def user(text: str) -> Message:
    return Message("user", text)


def system(text: str) -> Message:
    return Message("system", text)


def test_the_models_system_and_messages_come_before_the_conversation(ollama: Ollama, create: Create) -> None:
    create("mario", f'TEMPLATE """{CHATML}"""\nSYSTEM be brief\nMESSAGE user hi\nMESSAGE assistant yo')

    assert "system: be brief | user: hi | assistant: yo | user: bye" == told(ollama, user("bye"))


def test_a_conversation_that_opens_with_a_system_message_silences_the_models_own(ollama: Ollama, create: Create) -> None:
    """56 and 57: only the first message counts, a later one adds to the model's."""
    create("mario", f'TEMPLATE """{CHATML}"""\nSYSTEM own')

    assert "system: theirs | user: a" == told(ollama, system("theirs"), user("a"))
    assert "system: own | user: a | system: late | user: b" == told(ollama, user("a"), system("late"), user("b"))
    assert "system: given | user: a" == told(ollama, user("a"), system="given")


def test_turns_of_one_role_in_a_row_become_one(ollama: Ollama, create: Create) -> None:
    create("mario", f'TEMPLATE """{CHATML}"""')

    assert "user: a\n\nb" == told(ollama, user("a"), user("b"))


def test_a_text_a_mapping_and_a_message_are_the_same_question(ollama: Ollama, create: Create) -> None:
    create("mario", f'TEMPLATE """{CHATML}"""')

    for question in ("hi", {"role": "user", "content": "hi"}, user("hi")):
        assert "user: hi" == told(ollama, question)


def test_without_a_template_the_ggufs_own_is_used(ollama: Ollama, create: Create, tiny_gguf: Path) -> None:
    assert read_index(tiny_gguf).chat_template
    create("mario")

    assert "question" in ollama.chat("mario", "question", options=SHORT).result(60).prompt
    assert read_index(tiny_gguf).chat_template == ollama.show("mario").template


def test_the_stream_is_the_answer(ollama: Ollama, create: Create) -> None:
    create("mario")
    run = ollama.chat("mario", "hi", options={"num_predict": 20, "seed": 1})
    done = run.result(60)

    assert done.message.content == "".join(event.content for event in run)  # type: ignore[union-attr]
    assert ("length", 20, 1) == (done.done_reason, done.statistics.eval_count, done.seed)
    assert done.statistics.total_duration > done.statistics.eval_duration > 0


def test_one_seed_gives_one_text_and_the_seed_used_is_always_told(ollama: Ollama, create: Create) -> None:
    create("mario")
    options = {"num_predict": 20, "temperature": 1.5}
    first = ollama.chat("mario", "hi", options=options).result(60)
    again = ollama.chat("mario", "hi", options={**options, "seed": first.seed}).result(60)

    assert first.message.content == again.message.content


def test_an_answer_ends_before_a_stop_string_wherever_tokens_break(ollama: Ollama, create: Create) -> None:
    create("mario")
    whole = ollama.generate("mario", "hi", raw=True, options={"num_predict": 40, "temperature": 0}).result(60).message.content
    assert len(whole) > 12
    stop = whole[6:9]
    done = ollama.generate("mario", "hi", raw=True, options={"num_predict": 40, "temperature": 0, "stop": [stop]}).result(60)

    assert whole[: whole.index(stop)] == done.message.content
    assert "stop" == done.done_reason


def test_parameters_of_the_model_apply_unless_the_request_says_otherwise(ollama: Ollama, create: Create) -> None:
    create("mario", "PARAMETER num_predict 3\nPARAMETER seed 7")

    assert (3, 7) == _count_and_seed(ollama, {})
    assert (5, 7) == _count_and_seed(ollama, {"max_tokens": 5})


def _count_and_seed(ollama: Ollama, options: dict[str, object]) -> tuple[int, int]:
    done = ollama.chat("mario", "hi", options=options).result(60)
    return done.statistics.eval_count, done.seed


def _begun(ollama: Ollama, seed: int) -> Run[Done]:
    """A long answer of which the first piece has come."""
    run = ollama.chat("mario", "hi", options={"num_predict": -1, "num_ctx": 4096, "seed": seed})
    next(event for event in run if isinstance(event, Chunk))
    return run


def test_a_cancelled_answer_keeps_what_there_is(ollama: Ollama, create: Create) -> None:
    create("mario")
    for seed in range(20):  # random weights may end an answer before anybody can cancel it
        run = _begun(ollama, seed)
        run.cancel()
        done = run.result(20)
        if done.done_reason == "cancelled":
            break

    assert "cancelled" == done.done_reason
    assert done.message.content == "".join(event.content for event in run if isinstance(event, Chunk))
    assert ollama.chat("mario", "again", options=SHORT).result(60).message is not None


def test_raw_hands_the_prompt_over_as_it_is(ollama: Ollama, create: Create) -> None:
    create("mario", "SYSTEM ignored")

    assert "once upon" == ollama.generate("mario", "once upon", raw=True, options=SHORT).result(60).prompt
    with pytest.raises(OllamaError, match="raw"):
        ollama.generate("mario", "x", raw=True, system="y").result(60)


def test_generate_takes_a_template_and_a_suffix(ollama: Ollama, create: Create) -> None:
    create("mario", 'TEMPLATE """{{ if .Suffix }}<PRE>{{ .Prompt }}<SUF>{{ .Suffix }}<MID>{{ else }}{{ .Prompt }}{{ end }}"""')

    assert "<PRE>a<SUF>b<MID>" == ollama.generate("mario", "a", suffix="b", options=SHORT).result(60).prompt
    assert "[a]" == ollama.generate("mario", "a", template="[{{ .Prompt }}]", options=SHORT).result(60).prompt
    create("plain")
    with pytest.raises(OllamaError, match="does not support insert"):
        ollama.generate("plain", "a", suffix="b", options=SHORT).result(60)


def test_a_prompt_longer_than_the_context_is_told_with_both_numbers(ollama: Ollama, create: Create) -> None:
    create("mario")
    with pytest.raises(ContextFull, match="num_ctx") as caught:
        ollama.generate("mario", "word " * 500, raw=True, truncate=False, options={"num_ctx": 32}).result(60)
    assert caught.value.n_tokens > caught.value.n_ctx == 32


def test_ps_and_stop(ollama: Ollama, create: Create) -> None:
    create("mario")
    assert not ollama.ps()
    ollama.chat("mario", "hi", options=SHORT).result(60)

    assert [("mario:latest", "100% CPU")] == [(one.name, one.processor) for one in ollama.ps()]
    ollama.stop("MARIO")
    assert not ollama.ps()
    ollama.stop("mario")


def test_keep_alive_of_zero_unloads_at_once(ollama: Ollama, create: Create) -> None:
    create("mario")
    ollama.chat("mario", "hi", options=SHORT, keep_alive=0).result(60)

    assert not ollama.ps()


def test_a_runner_killed_at_work_is_an_error_and_the_next_chat_loads_again(ollama: Ollama, create: Create) -> None:
    create("mario")
    for seed in range(20):  # random weights may end an answer before its runner is killed
        run = _begun(ollama, seed)
        (loaded,) = ollama.engines.loaded()
        os.kill(loaded.pid, signal.SIGKILL)
        with suppress(EngineCrashed):
            run.result(20)
            continue
        break

    assert isinstance(run.error, EngineCrashed)
    assert 8 >= ollama.chat("mario", "again", options=SHORT).result(60).statistics.eval_count > 0


def test_a_runner_that_dies_before_a_request_has_begun_is_replaced_without_a_word(ollama: Ollama, create: Create) -> None:
    create("mario")
    _begun(ollama, 0).cancel()
    (loaded,) = ollama.engines.loaded()
    os.kill(loaded.pid, signal.SIGSTOP)  # the request finds it, and cannot begin
    run = ollama.chat("mario", "hi", options=SHORT)
    os.kill(loaded.pid, signal.SIGKILL)

    assert run.result(60).statistics.eval_count > 0


def test_a_model_that_makes_llama_cpp_abort_kills_only_its_child(ollama: Ollama, create: Create) -> None:
    """The blob is spoiled behind the store's back, as a damaged disk would; the kernel lives and other models run."""
    create("good")
    model = create("bad", "SYSTEM other")
    content = model.path.read_bytes()
    key = b"attention.layer_norm_rms_epsilon"
    at = content.index(key) + len(key) + 4  # behind the type of the value
    model.path.unlink()
    ollama.store.blobs.links.forget(model.manifest.layers[0].digest)  # or the change would be noticed
    model.path.write_bytes(content[:at] + b"\x00\x00\x80\xbf" + content[at + 4 :])  # epsilon -1: an assertion of ggml fails

    with pytest.raises(EngineError) as caught:
        ollama.chat("bad", "hi", options=SHORT).result(60)
    assert "bad" in str(caught.value)
    model.path.write_bytes(content)
    assert ollama.chat("good", "hi", options=SHORT).result(60).statistics.eval_count


def test_two_threads_can_chat_with_one_model(ollama: Ollama, create: Create) -> None:
    create("mario")
    answers: dict[int, str] = {}

    def ask(seed: int) -> None:
        answers[seed] = ollama.chat("mario", f"hi {seed}", options={"num_predict": 30, "seed": seed}).result(60).message.content

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {0, 1, 2, 3} == set(answers)
    assert 1 == len(ollama.ps())
