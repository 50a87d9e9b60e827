"""Write the held-out sets that come from the generator: `templated` and `perplexity`.

Their slot values (or, where a fact has no slots, its pair of fact and wording) are never drawn for training. The sets `paraphrase`,
`recall` and `fallback` were written by hand and are no business of this file.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

from chat import Chat, draw

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "pocket" / "heldout"
TEMPLATED, PERPLEXITY, AT_MOST = 400, 400, 16


def line(name: str, number: int, chat: Chat, last: bool) -> str:
    """One line of a set; with `last` the final answer stays in, for perplexity."""
    messages = [{"role": role, "content": content} for role, content in chat.messages]
    item = {"id": f"{name}-{number:03}-{chat.family}", "set": name, "messages": messages if last else messages[:-1], "expect": {} if last else chat.expect}
    return json.dumps(item, ensure_ascii=False)


def main() -> None:
    rng = Random("held out")
    seen: Counter[str] = Counter()
    templated: list[Chat] = []
    while len(templated) < TEMPLATED:
        chat = draw(rng, test=True)
        # One family shall not fill the set, and a very long chat belongs to the perplexity texts.
        if seen[chat.family] < AT_MOST and sum(len(content) for _, content in chat.messages) < 2500:
            seen[chat.family] += 1
            templated.append(chat)
    texts = [draw(rng, test=True) for _ in range(PERPLEXITY)]
    for name, chats, last in (("templated", templated, False), ("perplexity", texts, True)):
        lines = [line(name, number, chat, last) for number, chat in enumerate(chats, 1)]
        (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
