"""The ``openai`` package: chats, streams, tools, JSON schema, completions, responses, models."""

from __future__ import annotations

import os
from typing import Any

import openai
from pydantic import BaseModel

MESSAGES: Any = [{"role": "user", "content": "Hi"}]
TOOL: Any = {
    "type": "function",
    "function": {"name": "weather", "description": "w", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


class Place(BaseModel):
    city: str


def main() -> None:
    client = openai.OpenAI(base_url=os.environ["OLLAMA_HOST"] + "/v1", api_key="none")
    answer = client.chat.completions.create(model="echo", messages=MESSAGES, max_completion_tokens=50)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Hello", "stop")
    assert answer.usage
    assert answer.usage.completion_tokens == 3
    assert len(client.chat.completions.create(model="echo", messages=MESSAGES, n=2).choices) == 2
    streams(client)
    tools(client)
    parsed = client.chat.completions.parse(model="echo", messages=MESSAGES, response_format=Place)
    assert parsed.choices[0].message.parsed == Place(city="Rome")
    numbers = client.chat.completions.create(model="echo", messages=MESSAGES, logprobs=True, top_logprobs=2).choices[0].logprobs
    assert numbers
    assert numbers.content
    assert [one.token for one in numbers.content][:2] == ["Hel", "lo"]
    vectors = client.embeddings.create(model="echo", input=["Hi", "there"])
    assert [len(one.embedding) for one in vectors.data] == [2, 2]
    assert client.completions.create(model="echo", prompt="Hi").choices[0].text == "Hello"
    assert "".join(part.choices[0].text for part in client.completions.create(model="echo", prompt="Hi", stream=True)) == "Hello"
    assert "echo:latest" in [model.id for model in client.models.list()]
    assert client.models.retrieve("echo").owned_by == "library"
    responses(client)
    failures(client)


def streams(client: openai.OpenAI) -> None:
    parts = list(client.chat.completions.create(model="echo", messages=MESSAGES, stream=True, stream_options={"include_usage": True}))
    assert "".join(part.choices[0].delta.content or "" for part in parts if part.choices) == "Hello"
    assert parts[-1].usage
    assert parts[-1].usage.total_tokens
    with client.chat.completions.stream(model="echo", messages=MESSAGES) as stream:
        assert stream.get_final_completion().choices[0].message.content == "Hello"


def tools(client: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "weather in Rome?"}]
    answer = client.chat.completions.create(model="echo", messages=messages, tools=[TOOL]).choices[0]
    assert answer.finish_reason == "tool_calls"
    call: Any = (answer.message.tool_calls or [None])[0]
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Rome"}')
    messages += [answer.message, {"role": "tool", "tool_call_id": call.id, "content": "sunny in Rome"}]
    assert client.chat.completions.create(model="echo", messages=messages, tools=[TOOL]).choices[0].message.content == "It is sunny in Rome."
    with client.chat.completions.stream(model="echo", messages=messages[:1], tools=[TOOL]) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls
    assert calls[0].function.arguments == '{"city": "Rome"}'
    ordered: Any = [{"role": "user", "content": "call it"}]
    for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
        wanted: Any = choice
        [must] = client.chat.completions.create(model="echo", messages=ordered, tools=[TOOL], tool_choice=wanted).choices
        assert (must.finish_reason, len(must.message.tool_calls or [])) == ("tool_calls", 1)
    assert client.chat.completions.create(model="echo", messages=messages[:1], tools=[TOOL], tool_choice="none").choices[0].message.content


def responses(client: openai.OpenAI) -> None:
    answer = client.responses.create(model="echo", input="Hi", instructions="Be brief.")
    assert (answer.output_text, answer.status) == ("Hello", "completed")
    with client.responses.stream(model="echo", input="Hi") as stream:
        assert [event.delta for event in stream if event.type == "response.output_text.delta"] == ["Hel", "lo"]
        assert stream.get_final_response().output_text == "Hello"
    tool: Any = {"type": "function", **TOOL["function"]}
    asked = client.responses.create(model="echo", input="weather in Rome?", tools=[tool])
    call: Any = asked.output[0]
    assert (call.type, call.name, call.arguments) == ("function_call", "weather", '{"city": "Rome"}')
    turns: Any = [{"role": "user", "content": "weather in Rome?"}, call, {"type": "function_call_output", "call_id": call.call_id, "output": "sunny in Rome"}]
    assert client.responses.create(model="echo", input=turns, tools=[tool]).output_text == "It is sunny in Rome."
    assert client.responses.parse(model="echo", input="Hi", text_format=Place).output_parsed == Place(city="Rome")


def failures(client: openai.OpenAI) -> None:
    try:
        client.chat.completions.create(model="nobody", messages=MESSAGES)
    except openai.NotFoundError as error:
        assert "model 'nobody' not found" in str(error)
    else:
        raise AssertionError("no error")


main()
print("done")
