"""The API as an OpenAPI description, as far as requests go: for whoever generates some, and for readers."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": -2, "maximum": 40}
NUMBER: Schema = {"type": "number", "minimum": -2, "maximum": 2}
ANY: Schema = {}
MODEL: Schema = {"enum": ["echo", "ECHO:latest", "nobody", "", "a b", "日本", "../x", "x" * 400]}
KNOWN: Schema = {"enum": ["echo", "a b", "", "../x", "@sha256:1", "./x", "/etc/passwd"]}
"""What a create may start from here: nothing that would be looked for in a registry."""


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items, "maxItems": 3}


def fields(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


FUNCTION = fields(name={"enum": ["f", "g", ""]}, description=TEXT, parameters=fields(type={"enum": ["object"]}, properties=ANY, required=listed(TEXT)))
TOOL = fields(type={"enum": ["function", "web_search"]}, function=FUNCTION)
CALL = fields(id=TEXT, type={"enum": ["function"]}, function=fields(name=TEXT, arguments={"anyOf": [fields(a=ANY), {"enum": ["{}", "{", '{"a": 1}']}]}))
IMAGE: Schema = {"enum": ["", "aGk=", "%", "data:image/png;base64,aGk=", "http://x/y.png"]}
ROLE: Schema = {"enum": ["user", "assistant", "system", "tool", "USER", "developer", "nobody"]}
PART = fields(type={"enum": ["text", "image_url", "input_text", "input_image", "x"]}, text=TEXT, image_url={"anyOf": [IMAGE, fields(url=IMAGE)]})
CONTENT: Schema = {"anyOf": [TEXT, listed(PART)]}
MESSAGE = fields(
    role=ROLE, content=CONTENT, thinking=TEXT, images=listed(IMAGE), tool_calls=listed(CALL), tool_name=TEXT, tool_call_id=TEXT, name=TEXT, reasoning=TEXT,
)  # fmt: skip
OPTIONS = fields(
    temperature=NUMBER, top_k=COUNT, top_p=NUMBER, seed=COUNT, num_predict={"type": "integer", "minimum": -2, "maximum": 20}, num_ctx=COUNT,
    stop={"anyOf": [TEXT, listed(TEXT)]}, repeat_penalty=NUMBER, mirostat=COUNT, num_gqa=COUNT,
)  # fmt: skip
KEEP: Schema = {"anyOf": [NUMBER, {"enum": ["5m", "300", "-1s", "0", "soon"]}]}
THINK: Schema = {"anyOf": [FLAG, {"enum": ["low", "max", "much"]}]}
FORMAT: Schema = {"anyOf": [{"enum": ["json", "", "xml"]}, fields(type={"enum": ["object"]}, properties=fields(a=fields(type={"enum": ["string", "integer"]})))]}
COMMON = {
    "model": MODEL, "stream": FLAG, "options": OPTIONS, "keep_alive": KEEP, "think": THINK, "format": FORMAT, "truncate": FLAG, "shift": FLAG,
    "logprobs": FLAG, "top_logprobs": COUNT,
}  # fmt: skip
DIGEST: Schema = {"enum": ["", "sha256:" + "0" * 64, "sha256:1", "../x"]}
FILES = fields(**{"a.gguf": DIGEST, "../b.gguf": DIGEST, "c.safetensors": DIGEST})
SAMPLING = {
    "model": MODEL, "stream": FLAG, "n": {"type": "integer", "minimum": -1, "maximum": 3}, "max_tokens": COUNT, "max_completion_tokens": COUNT,
    "temperature": NUMBER, "top_p": NUMBER, "stop": {"anyOf": [TEXT, listed(TEXT)]}, "seed": COUNT, "presence_penalty": NUMBER,
    "frequency_penalty": NUMBER, "stream_options": fields(include_usage=FLAG),
}  # fmt: skip
BLOCK = fields(
    type={"enum": ["text", "image", "tool_use", "tool_result", "thinking", "x"]}, text=TEXT, id=TEXT, name=TEXT, input=fields(a=ANY), tool_use_id=TEXT,
    content=CONTENT, thinking=TEXT, source=fields(type={"enum": ["base64", "url"]}, data=IMAGE),
)  # fmt: skip
ITEM = fields(
    type={"enum": ["message", "function_call", "function_call_output", "reasoning", "x"]}, role=ROLE, content=CONTENT, call_id=TEXT, name=TEXT,
    arguments={"enum": ["{}", "{"]}, output=CONTENT, summary=listed(fields(type=TEXT, text=TEXT)),
)  # fmt: skip

BODIES: dict[tuple[str, str], Schema] = {
    ("post", "/api/generate"): fields(
        **COMMON, prompt=TEXT, suffix=TEXT, system=TEXT, template={"enum": ["", "{{ .Prompt }}", "{{ if", "{{ .Nothing }}"]}, raw=FLAG,
        images=listed(IMAGE), context=listed(COUNT),
    ),
    ("post", "/api/chat"): fields(**COMMON, messages=listed(MESSAGE), tools=listed(TOOL)),
    ("post", "/api/embed"): fields(model=MODEL, input={"anyOf": [TEXT, listed(TEXT)]}, truncate=FLAG, dimensions=COUNT, options=OPTIONS, keep_alive=KEEP),
    ("post", "/api/embeddings"): fields(model=MODEL, prompt=TEXT, options=OPTIONS, keep_alive=KEEP),
    ("post", "/v1/embeddings"): fields(model=MODEL, input={"anyOf": [TEXT, listed(TEXT)]}, dimensions=COUNT, encoding_format={"enum": ["float", "base64", "hex"]}),
    ("post", "/api/show"): fields(model=MODEL, name=MODEL, verbose=FLAG),
    ("post", "/api/copy"): fields(source=MODEL, destination={"enum": ["copied", "a b", ""]}),
    ("delete", "/api/delete"): fields(model={"enum": ["copied", "made", "nobody", "a b", ""]}),
    ("post", "/api/create"): fields(
        model={"enum": ["made", "a b", "", "日本"]}, name={"enum": ["made"]}, stream=FLAG, system=TEXT, template={"enum": ["{{ .Prompt }}", "{{"]},
        license={"anyOf": [TEXT, listed(TEXT)]}, parameters=OPTIONS, messages=listed(MESSAGE), files=FILES, adapters=FILES, info=ANY,
        quantize={"enum": ["", "q8_0", "x"]}, remote_host={"enum": ["", "gpu-box", "http://[", "ftp://x"]}, path=TEXT,
        modelfile={"enum": ["FROM echo", "FROM", "FROM echo\nSYSTEM \"\"\"x", "FROM /etc/passwd", "FROM @sha256:1", "BAD x", ""]}, **{"from": KNOWN},
    ),
    ("post", "/api/pull"): fields(model={"enum": ["a b", "", "日本"]}, stream=FLAG, insecure=FLAG),
    ("post", "/api/push"): fields(model={"enum": ["a b", "", "nobody"]}, stream=FLAG, insecure=FLAG),
    ("post", "/v1/chat/completions"): fields(
        **SAMPLING, messages=listed(MESSAGE), tools=listed(TOOL), tool_choice={"anyOf": [{"enum": ["auto", "none", "required"]}, fields(function=FUNCTION)]},
        response_format=fields(type={"enum": ["text", "json_object", "json_schema", "x"]}, json_schema=fields(schema=FORMAT)), logprobs=FLAG,
        top_logprobs=COUNT, reasoning_effort={"enum": ["none", "low", "much"]}, reasoning=fields(effort=TEXT),
    ),
    ("post", "/v1/completions"): fields(**SAMPLING, prompt={"anyOf": [TEXT, listed(TEXT)]}, suffix=TEXT, echo=FLAG, logprobs=COUNT),
    ("post", "/v1/responses"): fields(
        model=MODEL, stream=FLAG, input={"anyOf": [TEXT, listed(ITEM)]}, instructions=TEXT, tools=listed(TOOL), temperature=NUMBER, top_p=NUMBER,
        max_output_tokens=COUNT, text=fields(format=fields(type={"enum": ["text", "json_schema"]}, schema=FORMAT)), previous_response_id=TEXT,
    ),
    ("post", "/v1/messages"): fields(
        model=MODEL, stream=FLAG, max_tokens=COUNT, messages=listed(fields(role=ROLE, content={"anyOf": [TEXT, listed(BLOCK)]})), system=CONTENT,
        tools=listed(fields(name=TEXT, description=TEXT, input_schema=ANY, type=TEXT)), temperature=NUMBER, top_k=COUNT, stop_sequences=listed(TEXT),
        thinking=fields(type={"enum": ["enabled", "disabled", "adaptive"]}), output_config=fields(effort=TEXT), tool_choice=fields(type=TEXT, name=TEXT),
    ),
}  # fmt: skip


def openapi() -> Schema:
    """The description in OpenAPI's form."""
    paths: Schema = {}
    for (method, path), schema in BODIES.items():
        paths.setdefault(path, {})[method] = {
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": "an answer, whole or a line a piece"}, "4XX": {"description": "an error with its reason"}},
        }  # fmt: skip
    return {"openapi": "3.1.0", "info": {"title": "Ollama's API", "version": "1"}, "paths": paths}
