"""Check the generator against itself: every answer meets its own expectation, and every sum in every answer is right."""

from __future__ import annotations

import re
import sys
from random import Random

import scoring
from chat import Chat, draw
from intents import MIX


def faults(chat: Chat) -> list[str]:
    """What is wrong with a chat, in words."""
    found = []
    if not scoring.met(chat.messages[-1][1], chat.expect):
        found.append(f"{chat.messages[-1][1]!r} does not meet {chat.expect}")
    for role, content in chat.messages:
        sums = re.findall(r"(?<![\d-])(\d+) ([+-]) (\d+) = (-?\d+)", content) if role == "assistant" else []
        found += [f"wrong sum in {content!r}" for a, sign, b, c in sums if (int(a) + int(b) if sign == "+" else int(a) - int(b)) != int(c)]
        if not content.strip() or ("{" in content and "}" not in content):
            found.append(f"broken text {content!r}")
    return found


def main() -> None:
    """Draw some chats of each family; exit with the faults, or say how many chats were fine."""
    rng = Random("check")
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    chats = [draw(rng, family) for family in MIX for _ in range(each)]
    found = [f"{chat.family}: {fault}" for chat in chats for fault in faults(chat)]
    if found:
        raise SystemExit("\n".join(found))
    print(f"{len(chats)} chats are consistent.")


if __name__ == "__main__":
    main()
