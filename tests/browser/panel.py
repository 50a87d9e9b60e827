"""The panel on a page: what a user sees of it and does with it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .conftest import OpenedNotebook

PANEL = "#jupyter-ollama-panel"
OPEN = "jupyter-ollama:open"
LOAD = "%load_ext jupyter_ollama"
MAKE = f"""import os
os.environ["OLLAMA_MODELS"] = os.path.abspath("store of {{first}}")
{LOAD}
from jupyter_ollama import Ollama
for name in {{names}}:
    Ollama().create(name, "FROM pocket").result()"""


def make(*names: str) -> str:
    """A cell that loads the extension in a kernel with a store of its own, and makes models."""
    return MAKE.format(first=names[0].replace(":", "-"), names=list(names))


class Panel:
    """The panel beside a notebook; it is shown."""

    def __init__(self, notebook: OpenedNotebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.root = self.page.locator(PANEL)
        notebook.command(OPEN)
        expect(self.root).to_be_visible()

    @property
    def note(self) -> Locator:
        """What it says of the kernel in front."""
        return self.root.locator("[role=status][data-state]")

    def expect_state(self, state: str) -> None:
        """Wait for a state of ``situation.ts``."""
        expect(self.note).to_have_attribute("data-state", state)

    def tab(self, name: str) -> Locator:
        """The tab with this name; of the kernel in front."""
        return self.root.get_by_role("tab", name=name, exact=True)

    def area(self, name: str) -> Locator:
        """What is shown below that tab."""
        return self.root.get_by_role("tabpanel", name=name, exact=True)

    def model(self, name: str) -> Locator:
        """The row of a model in the list."""
        return self.area("Models").locator(f"[data-jo-model='{name}']")

    def press(self, name: str) -> None:
        """Press the button with this name."""
        self.root.get_by_role("button", name=name, exact=True).click()

    def reload(self) -> None:
        """Load the page anew and show the panel: JupyterLab may not have written down yet that it was shown."""
        self.page.reload()
        self.page.wait_for_function(f"async () => {{ await window.jupyterapp?.restored; return !!window.jupyterapp?.commands.hasCommand('{OPEN}'); }}")
        self.notebook.command(OPEN)
        expect(self.root).to_be_visible()

    def restart_kernel(self) -> None:
        """As from the menu, with its question answered."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('kernelmenu:restart'); }")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)
