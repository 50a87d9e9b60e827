"""axe-core in a page: what it finds that keeps people out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "labextension/node_modules/axe-core/axe.min.js"
RUN = """async selector => (await axe.run(selector, {resultTypes: ['violations']})).violations
  .filter(({impact}) => impact === 'serious' || impact === 'critical')
  .map(({id, help, nodes}) => ({id, help, nodes: nodes.map(({html, any}) => [html.slice(0, 300), any.map(one => one.message)])}))"""


def serious_findings(page: Page, selector: str) -> list[dict[str, Any]]:
    """Serious and critical findings below the element: what they are and where."""
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN, selector)
