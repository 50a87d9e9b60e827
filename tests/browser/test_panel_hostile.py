"""What others wrote, through the whole panel: names, configs, layers, metadata, answers and progress that try to be more than text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .panel import Panel
from .test_panel_chat import SCRIPT

TAG = "<img src=x onerror='window.hit=1'><script>window.hit=2</script><a href='javascript:window.hit=3' onclick='window.hit=4'>a</a>"
BIDI = "\u202eSDRAWKCAB\u2066 right \u05d0\u05d1 \u061c\u200f"
ANSI = "\x1b[31mred\x1b[2J\x1b]8;;javascript:window.hit=5\x07link\x1b]8;;\x07\x9b1m"
ENDLESS = "e" * 20_000
HOSTILE = f"{TAG}{BIDI}{ANSI} {ENDLESS}"
LONGEST = f"{'h' * 248}.io:80/{'n' * 80}/{'m' * 80}:{'t' * 80}"
"""As long as a name may be where it is a path."""

SETUP = """import gguf, os, pathlib
os.environ["OLLAMA_MODELS"] = {store!r}
%load_ext jupyter_ollama
from jupyter_ollama import Ollama
from jupyter_ollama.notebook import session
ollama = session.get()
ollama.create("plain", "FROM pocket").result()
read = gguf.GGUFReader(max(pathlib.Path({store!r}, "blobs").iterdir(), key=lambda blob: blob.stat().st_size))
written = gguf.GGUFWriter("hostile.gguf", "llama")
for field in read.fields.values():
    if not field.name.startswith("GGUF.") and field.name != "general.architecture":
        written.add_key_value(field.name, field.contents(), field.types[0], sub_type=field.types[-1] if len(field.types) > 1 else None)
for name in ("general.description", "general.license", "general.organization", "evil.{tag}"):
    written.add_string(name, {hostile!r})
written.add_array("evil.array", [{hostile!r}] * 200)
for tensor in read.tensors:
    written.add_tensor(tensor.name, tensor.data, raw_shape=tensor.data.shape, raw_dtype=tensor.tensor_type)
written.write_header_to_file(); written.write_kv_data_to_file(); written.write_tensors_to_file(); written.close()
ollama.create("evil", {modelfile!r}).result()
ollama.copy("evil", {longest!r})
"""
WORK = """from jupyter_ollama.events import Progress
def work(cancel):
    yield Progress("note", digest={hostile!r}, completed=1, total=4, facts={{"text": {hostile!r}}})
    while True:
        cancel.wait(0.1)
ollama.runs.start(work, verb={hostile!r}, model={hostile!r});"""

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that nobody sees and that do something."""
OUTSIDE = """panel => {
  const room = panel.getBoundingClientRect();
  const isCut = one => {
    for (let above = one.parentElement; above && above !== panel.parentElement; above = above.parentElement) {
      const style = getComputedStyle(above);
      if (style.overflowX !== 'visible' && above.getBoundingClientRect().left >= room.left - 1) { return true; }
    }
    return false;
  };
  return [...panel.querySelectorAll('*')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && (box.left < room.left - 1 || (box.right > room.right + 1 && !isCut(one)));
  }).map(one => one.outerHTML.slice(0, 200));
}"""
"""What reaches out of the panel: to the left, where it could not be read, or to the right without being cut off."""


@pytest.fixture
def hostile(open_notebook, tmp_path: Path, request: pytest.FixtureRequest) -> Panel:
    """The panel beside a kernel whose store holds nothing that means well."""
    modelfile = f'FROM ./hostile.gguf\nTEMPLATE """{HOSTILE}{{{{ .Prompt }}}}"""\nSYSTEM """{HOSTILE}"""\nLICENSE """{HOSTILE}"""\n' + (
        f'PARAMETER stop "{TAG}{TAG}"\nMESSAGE user """{HOSTILE}"""\nMESSAGE assistant """{HOSTILE}"""\n'
    )
    setup = SETUP.format(store=str(tmp_path / "models"), tag=TAG, hostile=HOSTILE, modelfile=modelfile, longest=LONGEST)
    answers = SCRIPT.format(pause=0, answers=[[HOSTILE[at : at + 7] for at in range(0, 3_000, 7)] + ["\n\nEnd."]])
    notebook = open_notebook([setup + answers, WORK.format(hostile=HOSTILE)], name=f"{request.node.name}.ipynb")
    notebook.page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    outputs = notebook.run(0)
    assert not [output for output in outputs if output["output_type"] == "error"], outputs
    poison(tmp_path / "models", "plain")
    return Panel(notebook)


def poison(store: Path, name: str) -> None:
    """Have the config of a model say hostile things where families, sizes and quantizations stand."""
    manifest = next(path for path in (store / "manifests").rglob(f"*/{name}/latest"))
    said = json.loads(manifest.read_bytes())
    blob = lambda digest: store / "blobs" / digest.replace(":", "-")  # noqa: E731
    config: dict[str, Any] = json.loads(blob(said["config"]["digest"]).read_bytes())
    config |= {"model_family": HOSTILE, "model_families": [HOSTILE], "model_type": HOSTILE, "file_type": HOSTILE}
    written = json.dumps(config).encode()
    said["config"] |= {"digest": f"sha256:{hashlib.sha256(written).hexdigest()}", "size": len(written)}
    blob(said["config"]["digest"]).write_bytes(written)
    new = manifest.with_name("new")
    new.write_text(json.dumps(said))
    new.replace(manifest)


def unharmed(panel: Panel) -> Callable[[str], None]:
    """Checks of what is shown now: nothing ran, nothing was made of it but text, nothing is wider than the panel, nothing is hidden."""
    page: Page = panel.page

    def check(where: str, *, said: bool = False) -> None:
        assert page.evaluate("() => window.hit ?? null") is None, where
        assert panel.root.locator("img, script, iframe, object, embed, [onerror], [onclick], [onload], [href^=javascript]").count() == 0, where
        assert panel.root.evaluate(OUTSIDE) == [], where
        assert panel.root.evaluate("panel => panel.scrollWidth <= panel.clientWidth"), where
        if not said:
            shown = panel.root.evaluate("panel => panel.innerText + [...panel.querySelectorAll('[title], [aria-label]')].map(one => one.title + one.ariaLabel)")
            assert HIDDEN.search(shown.replace("\t", "")) is None, (where, HIDDEN.search(shown))

    return check


def test_nothing_in_a_hostile_store_is_more_than_text(hostile):
    panel, check = hostile, unharmed(hostile)
    models = panel.area("Models")
    expect(panel.model("evil:latest")).to_be_visible()
    expect(models.get_by_text(re.compile("<img src=x")).first).to_be_visible()  # the family of plain
    check("list")
    panel.notebook.run(1)
    expect(models.get_by_role("progressbar")).to_be_visible()
    check("work")
    panel.model(LONGEST.lower() if panel.model(LONGEST).count() == 0 else LONGEST).click()
    expect(models.get_by_role("button", name=re.compile("^Weights"))).to_be_visible()
    check("longest name")

    panel.press("Back to the models")
    panel.model("plain:latest").click()
    expect(models.get_by_role("button", name=re.compile("^Weights"))).to_be_visible()
    check("config")
    panel.press("Back to the models")
    panel.model("evil:latest").click()
    for name in ("Template", "System", "License", "Messages", "Parameters"):
        models.get_by_role("button", name=re.compile(f"^{name}")).last.click()
        expect(models.get_by_role("region", name=re.compile(f"^{name}")).last).to_contain_text("<img src=x onerror=")
        check(name)
    models.get_by_role("button", name=re.compile("^Weights")).click()
    models.get_by_role("searchbox", name="Search the metadata").fill("evil")
    expect(models.get_by_role("option", name=re.compile("^evil.<img"))).to_be_visible()
    check("metadata")
    models.get_by_role("option", name=re.compile("^evil.array")).click()
    expect(models.get_by_role("listbox", name="evil.array").get_by_role("option").first).to_contain_text("<img")
    check("elements")
    panel.press("Back to the metadata")
    models.get_by_role("option", name=re.compile("^evil.<img")).click()
    check("one entry")


def test_answers_and_conversations_of_a_hostile_model_stay_where_they_are(hostile):
    panel, check = hostile, unharmed(hostile)
    panel.tab("Chat").click()
    chat = panel.area("Chat")
    chat.get_by_role("combobox", name="Model").select_option("evil:latest")
    check("a new conversation")
    box = chat.get_by_role("textbox", name="Your message")
    box.fill(HOSTILE)
    box.press("Enter")
    answer = chat.get_by_role("article", name="Answer of evil:latest").last
    expect(answer).to_have_attribute("aria-busy", "false")
    expect(answer.get_by_text("End.", exact=True)).to_be_visible()
    check("an answer", said=True)

    for element in answer.locator("a").all():
        assert not (element.get_attribute("href") or "").startswith("javascript")
    assert panel.page.evaluate("() => document.title").count("<") == 0
    status = panel.page.locator("#jp-main-statusbar")
    assert status.evaluate("bar => bar.scrollWidth <= innerWidth")
