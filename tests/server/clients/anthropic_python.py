"""The ``anthropic`` package: messages, streams, tools."""

from __future__ import annotations

import os
from typing import Any

import anthropic

MESSAGES: Any = [{"role": "user", "content": "Hi"}]
TOOL: Any = {"name": "weather", "description": "w", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}


def main() -> None:
    client = anthropic.Anthropic(base_url=os.environ["OLLAMA_HOST"], api_key="none")
    answer = client.messages.create(model="echo", max_tokens=50, messages=MESSAGES, system="Be brief.")
    block: Any = answer.content[0]
    assert (block.text, answer.stop_reason, answer.usage.output_tokens) == ("Hello", "end_turn", 3)
    with client.messages.stream(model="echo", max_tokens=50, messages=MESSAGES) as stream:
        assert list(stream.text_stream) == ["Hel", "lo"]
        assert stream.get_final_message().stop_reason == "end_turn"
    assert client.messages.create(model="echo", max_tokens=1, messages=MESSAGES).stop_reason == "max_tokens"
    tools(client)
    try:
        client.messages.create(model="nobody", max_tokens=50, messages=MESSAGES)
    except anthropic.NotFoundError as error:
        assert "model 'nobody' not found" in str(error)
    else:
        raise AssertionError("no error")


def tools(client: anthropic.Anthropic) -> None:
    messages: Any = [{"role": "user", "content": "weather in Rome?"}]
    answer = client.messages.create(model="echo", max_tokens=100, messages=messages, tools=[TOOL])
    call: Any = answer.content[-1]
    assert (answer.stop_reason, call.type, call.input) == ("tool_use", "tool_use", {"city": "Rome"})
    with client.messages.stream(model="echo", max_tokens=100, messages=messages, tools=[TOOL]) as stream:
        streamed: Any = stream.get_final_message().content[-1]
    assert streamed.input == {"city": "Rome"}
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny in Rome"}
    messages += [{"role": "assistant", "content": answer.content}, {"role": "user", "content": [result]}]
    told: Any = client.messages.create(model="echo", max_tokens=100, messages=messages, tools=[TOOL]).content[0]
    assert told.text == "It is sunny in Rome."
    ordered: Any = [{"role": "user", "content": "call it"}]
    must = client.messages.create(model="echo", max_tokens=100, messages=ordered, tools=[TOOL], tool_choice={"type": "any"})
    assert (must.stop_reason, must.content[0].type) == ("tool_use", "tool_use")


main()
print("done")
