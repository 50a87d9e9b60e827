"""Everything a user can get hold of shows itself, as text and as HTML, without the extension; nothing in it becomes markup."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import subprocess
import sys
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from jupyter_ollama import Chunk, Message, Modelfile, Ollama, Progress, Run, models
from jupyter_ollama.cancelling import CancelToken
from jupyter_ollama.cards import Card, Recipe, Table
from jupyter_ollama.editing import Checked, Completion, Completions, Mark, ModelfileText
from jupyter_ollama.errors import Cancelled, StoreError
from jupyter_ollama.events import Statistics
from jupyter_ollama.files import Entry, Folder
from jupyter_ollama.gguf import Metadata, TensorInfo, Tensors, TensorType, read_index
from jupyter_ollama.gguf.numbers import Numbers
from jupyter_ollama.lab.mapping import Answers
from jupyter_ollama.manifest import CONFIG_TYPE, MODEL, SYSTEM, Config, Draft, Layer, Manifest
from jupyter_ollama.messages import Tool, ToolCall
from jupyter_ollama.models import Content, Details, LayerInfo, LoadedModel
from jupyter_ollama.names import Digest, ModelName
from jupyter_ollama.pieces import Piece
from jupyter_ollama.server import Server
from jupyter_ollama.store import Store
from jupyter_ollama.suggestions import Suggestion, Suggestions
from jupyter_ollama.verbs.approval import Approve
from jupyter_ollama.verbs.score import Text
from jupyter_ollama.verbs.upload import Upload

from .weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)

EVIL = "<img src=x onerror=alert(1)>\"'&\x1b[2J\x9b"
DIGEST = Digest("ab" * 32)


def text(value: Any) -> str:
    return str(value._repr_mimebundle_()["text/plain"])


def html(value: Any) -> str:
    return str(value._repr_mimebundle_()["text/html"])


def words(value: Any) -> str:
    """What a reader of the page sees."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html(value).partition("</style>")[2]))


def run_of(*events: Progress | Chunk, fails: StoreError | None = None, result: object = None) -> Run[object]:
    """A run that has ended."""

    def work(cancel: CancelToken) -> Generator[Progress | Chunk, None, object]:
        yield from events
        if fails is not None:
            raise fails
        return result

    run: Run[object] = Run.start(work, verb=EVIL)
    with contextlib.suppress(StoreError):
        run.result(20)
    return run


EVIL_LAYER = LayerInfo(EVIL, EVIL, EVIL, 1, EVIL, (EVIL,), EVIL)
VALUES: list[Any] = [
    Card(EVIL, EVIL, EVIL, 5, {EVIL: EVIL, "lines": f"a\n{EVIL}"}, (EVIL_LAYER,), {EVIL: EVIL, "Metadata": {EVIL: [EVIL]}}),
    Chunk(EVIL, EVIL),
    Checked(EVIL, (Mark(1, 1, 1, 2, "error", EVIL),), (Piece("string", EVIL),)),
    Completions(0, (Completion(EVIL, EVIL, EVIL),)),
    Config(EVIL, EVIL, (EVIL,), EVIL, EVIL, draft=Draft(EVIL)),
    Content(EVIL, EVIL, EVIL, (Piece("error", EVIL), Piece(EVIL, EVIL))),
    Details(EVIL, EVIL, (EVIL,), EVIL, EVIL),
    EVIL_LAYER,
    Folder(Path(EVIL), None, (Entry(EVIL, Path(EVIL), "file"),), cut=True),
    Layer(EVIL, DIGEST, 4, EVIL, EVIL),
    LoadedModel(EVIL, EVIL, 5, EVIL, 2048, datetime.now(UTC) + timedelta(minutes=5)),
    Manifest.build(Layer(CONFIG_TYPE, DIGEST, 5), [Layer(EVIL, DIGEST, 4, EVIL, EVIL)]),
    Message("user", EVIL, tool_calls=(ToolCall(EVIL, {EVIL: EVIL}),), images=(b"123",)),
    Modelfile.build(EVIL, system=EVIL, parameters={"stop": [EVIL]}, messages=[Message("user", EVIL)]),
    ModelfileText(EVIL, EVIL, (Piece("string", EVIL),)),
    Progress("note", facts={"text": EVIL}, completed=1, total=10),
    Recipe((EVIL, f"PARAMETER {EVIL} {EVIL}"), (EVIL,)),
    Suggestions([Suggestion(EVIL, EVIL, 1)]),
    Table(EVIL, (EVIL, EVIL), ((EVIL, EVIL),), 5, EVIL),
    Tool(EVIL, EVIL, {EVIL: EVIL}),
    run_of(Progress("note", facts={"text": EVIL}), Chunk(EVIL), result=EVIL),
    run_of(fails=StoreError(EVIL)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_shows_itself_and_nothing_in_it_becomes_markup_or_drives_a_terminal(value: Any) -> None:
    assert set(value._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert "\x1b" not in text(value)
    assert "\x9b" not in text(value)
    page = html(value)
    assert page.count("<style>") == 1
    assert "&lt;img" in page
    assert "<img" not in page
    assert not re.search(r'="[^"]*onerror=alert\(1\)>"', page)


def test_every_verb_returns_something_that_shows_itself() -> None:
    plain = (bool, str, type(None))
    later = {"Answers": Answers, "Approve": Approve, "Metadata": Metadata, "Modelfile": Modelfile, "Numbers": Numbers, "Server": Server}
    later |= {"Tensors": Tensors, "Text": Text, "Upload": Upload}  # imported when they are used
    for name, method in {name: getattr(Ollama, name) for name in dir(Ollama)}.items():
        if name.startswith("_") or not callable(method):
            continue
        found = get_type_hints(method, localns=later).get("return")
        for one in (found, *get_args(found)):
            if not isinstance(one, type) or issubclass(one, plain):
                continue
            assert hasattr(one, "_repr_mimebundle_"), f"Ollama.{name} returns {one.__name__}"


def test_all_values_about_models_show_themselves_and_so_does_what_they_are_made_of() -> None:
    values = [value for value in vars(models).values() if dataclasses.is_dataclass(value)]

    assert [value.__name__ for value in values if not hasattr(value, "_repr_mimebundle_")] == []


def test_fields_with_nothing_in_them_are_left_out_and_units_are_read_from_names() -> None:
    assert text(Details(family="llama", context_length=0)).splitlines() == ["Details", "    format    gguf", "    family    llama"]
    assert text(LayerInfo("model", "m", "sha256:ab", 1_500_000, shared_with=("a", "b"))).splitlines() == [
        "LayerInfo", "    kind           model", "    media type     m", "    digest         sha256:ab", "    size           1.5 MB",
        "    shared with    a, b",
    ]  # fmt: skip
    assert "    total duration    1.50 s" in text(Statistics(total_duration=1_500_000_000, eval_count=3))
    assert "    type      F16" in text(TensorInfo("a", (1, 2), TensorType.F16, 0, 4))
    assert "    offset    0" in text(TensorInfo("a", (1, 2), TensorType.F16, 0, 4))


def test_texts_of_several_lines_keep_them_on_the_page_and_show_their_first_in_a_terminal() -> None:
    message = Message("user", "first\nsecond")

    assert "    content    first ..." in text(message)
    assert "<pre>first\nsecond</pre>" in html(message)


def test_a_modelfile_is_its_text_with_its_warnings() -> None:
    modelfile = Modelfile.parse("FROM llama3.2\nSYSTEM Be <b>brief</b>\nand kind.\nPARAMETER num_thread 3\nPARAMETER top_k 4\n")

    assert text(modelfile).startswith(str(modelfile).rstrip("\n"))
    assert modelfile.warnings
    assert f"Warning: {modelfile.warnings[0]}" in text(modelfile)
    assert '<span class="keyword">SYSTEM</span>' in html(modelfile)
    assert "Be &lt;b&gt;brief&lt;/b&gt;" in html(modelfile)


def test_a_run_says_what_it_does_and_in_the_end_what_came_of_it() -> None:
    going, begun = threading.Event(), threading.Event()

    def work(cancel: CancelToken) -> Generator[Progress, None, str]:
        yield Progress("writing_manifest")
        begun.set()
        going.wait(20)
        cancel.check()
        return "the result"

    run = Run.start(work, verb="create")
    assert begun.wait(20)
    assert words(run).split()[:2] == ["create", "running"]
    assert "writing manifest" in text(run)
    run.cancel()
    going.set()
    with pytest.raises(Cancelled):
        run.result(20)
    assert text(run).startswith("create · cancelled")
    assert repr(run) == "<Run create cancelled, 1 events>"

    done = run_of(Progress("success"), result="the result")
    assert "finished" in words(done)
    assert "result       the result" in text(done)
    assert "no disk" in words(run_of(fails=StoreError("no disk.")))


def test_an_answer_is_told_once() -> None:
    assert text(run_of(Chunk("Hel"), Chunk("lo"), result="Hello")).count("Hello") == 1


def test_a_store_and_what_is_in_it_show_themselves(tmp_path: Path, tiny_gguf_once: Path) -> None:  # noqa: F811 (the fixture)
    store = Store(tmp_path / "models", tmp_path / "service")
    for one in (store, Store(tmp_path / "service")):
        config, _ = one.put(Config("gguf", "llama", ("llama",), "1M", "BF16").encode(), CONFIG_TYPE)
        layers = [one.put(tiny_gguf_once.read_bytes(), MODEL)[0], one.put(EVIL.encode(), SYSTEM)[0]]
        name = one.tag(ModelName.valid("mario"), Manifest.build(config, layers))

    assert text(store).splitlines() == [
        "Model store", f"    folder         {tmp_path}/models", "    models         1", f"    system-wide    {tmp_path}/service (1 model)",
    ]  # fmt: skip
    model = store.open(name)
    assert text(model).startswith(f"mario:latest · {model.digest[:12]} · ")
    for shown in (words(model), text(model)):
        assert str(model.path) in shown
        assert "BF16" in shown
    assert "<img" not in html(model)
    index = read_index(model.path)
    assert "architecture        llama" in text(index)
    assert "general.architecture" in words(index)
    assert re.search(r"general\.architecture +string +llama", text(index.metadata))
    assert re.search(r"tokenizer\.ggml\.tokens +array of string +\[", text(index.metadata))
    with Ollama(store.root) as ollama:
        assert "in memory    no model" in text(ollama)
        assert "Ollama" in words(ollama)


def test_a_store_that_cannot_be_read_shows_why(tmp_path: Path) -> None:
    (tmp_path / "manifests").symlink_to("manifests")

    assert "cannot be used" in text(Store(tmp_path))
    assert "cannot be used" in words(Ollama(tmp_path))


def test_showing_needs_neither_the_extension_nor_ipython() -> None:
    program = (
        "import sys\n"
        "from jupyter_ollama import Modelfile, Ollama\n"
        "for value in (Ollama(), Ollama().list(), Modelfile.build('x')):\n"
        "    assert set(value._repr_mimebundle_()) == {'text/plain', 'text/html'}\n"
        "print('IPython' in sys.modules, 'jupyter_ollama.notebook' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.returncode) == ("False False\n", 0), done.stderr
