"""``langchain-ollama``: chats, streams, tools, structured output, text completion."""

from __future__ import annotations

import os

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama, OllamaEmbeddings, OllamaLLM
from pydantic import BaseModel

HOST = os.environ["OLLAMA_HOST"]


class Place(BaseModel):
    """A place."""

    city: str


@tool
def weather(city: str) -> str:
    """How the weather is."""
    return f"sunny in {city}"


def main() -> None:
    model = ChatOllama(model="echo", base_url=HOST, temperature=0, num_predict=100)
    answer = model.invoke("Hi")
    assert answer.content == "Hello"
    assert answer.usage_metadata
    assert answer.usage_metadata["output_tokens"] == 3
    assert "".join(str(part.content) for part in model.stream("Hi")) == "Hello"
    assert model.with_structured_output(Place).invoke("Hi") == Place(city="Rome")
    with_tools, question = model.bind_tools([weather]), HumanMessage("weather in Rome?")
    asked = with_tools.invoke([question])
    [call] = asked.tool_calls
    assert (call["name"], call["args"]) == ("weather", {"city": "Rome"})
    result = ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"])
    assert with_tools.invoke([question, asked, result]).content == "It is sunny in Rome."
    assert [len(one) for one in OllamaEmbeddings(model="echo", base_url=HOST).embed_documents(["Hi", "there"])] == [2, 2]
    assert OllamaLLM(model="echo", base_url=HOST).invoke("Hi") == "Hello"


main()
print("done")
