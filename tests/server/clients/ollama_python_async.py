"""The ``ollama`` package, async: every method but the cloud's, and two answers at once. Argument: a GGUF file."""

from __future__ import annotations

import asyncio
import sys

import ollama

HI = [{"role": "user", "content": "Hi"}]


async def main(gguf: str) -> None:
    client = ollama.AsyncClient()
    assert [step.status async for step in await client.create("made-async", from_="echo", system="S", stream=True)][-1] == "success"
    digest = await client.create_blob(gguf)
    assert (await client.create("uploaded-async", files={"tiny.gguf": digest})).status == "success"
    both = await asyncio.gather(client.chat("echo", HI), client.generate("echo", "Hi"))
    assert (both[0].message.content, both[1].response) == ("Hello", "Hello")
    assert [part.message.content async for part in await client.chat("echo", HI, stream=True)] == ["Hel", "lo", ""]
    assert "".join([part.response async for part in await client.generate("echo", "Hi", stream=True)]) == "Hello"
    assert len((await client.embed("echo", ["Hi", "there"])).embeddings) == 2
    assert len((await client.embeddings("echo", "Hi")).embedding) == 2
    assert "echo:latest" in {one.model for one in (await client.list()).models}
    assert (await client.show("echo")).modelinfo
    assert (await client.ps()).models
    assert (await client.copy("echo", "copied-async")).status == "success"
    assert (await client.delete("copied-async")).status == "success"
    try:
        await client.chat("nobody", HI)
    except ollama.ResponseError as error:
        assert error.status_code == 404
    else:
        raise AssertionError("no error")


asyncio.run(main(sys.argv[1]))
print("done")
