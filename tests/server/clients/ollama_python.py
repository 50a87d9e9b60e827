"""The ``ollama`` package, sync: every method but the cloud's, against OLLAMA_HOST. Arguments: a GGUF file, the address of a registry."""

from __future__ import annotations

import sys
from typing import Any

import ollama

HI = [{"role": "user", "content": "Hi"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def weather(city: str) -> str:
    """How the weather is.

    Args:
        city: where
    """
    return f"sunny in {city}"


def main(gguf: str, registry: str) -> None:
    client = ollama.Client()
    assert [step.status for step in client.create("made", from_="echo", system="S", parameters={"temperature": 0.5}, stream=True)][-1] == "success"
    digest = client.create_blob(gguf)
    assert client.create_blob(gguf) == digest
    assert client.create("uploaded", files={"tiny.gguf": digest}).status == "success"
    assert {"echo:latest", "made:latest", "uploaded:latest"} <= {one.model for one in client.list().models}
    shown = client.show("made")
    assert shown.details
    assert shown.details.family == "llama"
    assert shown.modelinfo
    assert "general.architecture" in shown.modelinfo
    assert shown.capabilities
    assert "completion" in shown.capabilities
    answers(client)
    tools(client)
    assert client.ps().models[0].model == "echo:latest"
    assert client.copy("made", "copied").status == "success"
    assert client.delete("copied").status == "success"
    assert failure(lambda: client.delete("copied")).status_code == 404
    assert failure(lambda: client.chat("nobody", HI)).error == "model 'nobody' not found"
    assert failure(lambda: list(client.generate("nobody", "Hi", stream=True))).status_code == 404
    transfer(client, registry)


def answers(client: ollama.Client) -> None:
    assert client.chat("echo", HI).message.content == "Hello"
    assert "".join(part.message.content or "" for part in client.chat("echo", HI, stream=True)) == "Hello"
    assert client.chat("echo", HI, format=SCHEMA).message.content == '{"city": "Rome"}'
    assert client.generate("echo", "Hi").response == "Hello"
    assert len(client.embed("echo", ["Hi", "there"]).embeddings) == 2
    assert len(client.embeddings("echo", "Hi").embedding) == 2
    *parts, end = client.generate("echo", "Hi", stream=True, options={"seed": 1}, keep_alive="1m")
    assert "".join(part.response for part in parts) == "Hello"
    assert (end.done, end.done_reason) == (True, "stop")
    assert end.context
    assert end.eval_count
    assert client.generate("echo", "More", context=end.context).response == "Hello"
    assert client.generate("echo", "", keep_alive=0).done_reason == "unload"
    chat = client.chat("echo", HI, logprobs=True, top_logprobs=2)
    assert chat.logprobs
    assert chat.logprobs[0].token == "Hel"
    assert len(chat.logprobs[0].top_logprobs or ()) == 2


def tools(client: ollama.Client) -> None:
    messages: list[Any] = [{"role": "user", "content": "weather in Rome?"}]
    answer = client.chat("echo", messages, tools=[weather])
    [call] = answer.message.tool_calls or ()
    assert (call.function.name, call.function.arguments) == ("weather", {"city": "Rome"})
    messages += [answer.message, {"role": "tool", "content": weather(**call.function.arguments), "tool_name": "weather"}]
    assert client.chat("echo", messages, tools=[weather]).message.content == "It is sunny in Rome."


def transfer(client: ollama.Client, registry: str) -> None:
    name = f"{registry}/me/made"
    client.copy("made", name)
    assert [step.status for step in client.push(name, insecure=True, stream=True)][-1] == "success"
    client.delete(name)
    steps = list(client.pull(name, insecure=True, stream=True))
    assert (steps[0].status, steps[-1].status) == ("pulling manifest", "success")
    assert any(one.model == f"{name}:latest" for one in client.list().models)
    assert failure(lambda: client.pull("a b")).error == "invalid model name"


def failure(call: Any) -> ollama.ResponseError:
    try:
        call()
    except ollama.ResponseError as error:
        return error
    raise AssertionError("no error")


main(*sys.argv[1:])
print("done")
