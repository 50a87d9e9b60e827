"""How people type: without capitals or punctuation, with slips. Works on user texts only."""

from collections.abc import Collection
from random import Random

NEAR = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}
FULL_WIDTH = str.maketrans("？！，：", "?!,:")


def _slip(word: str, rng: Random) -> str:
    """One letter swapped, dropped, doubled or hit beside; not the first, and no punctuation."""
    at = rng.randrange(1, len(word.rstrip(".,?!")) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    if kind == 1:
        return word[:at] + word[at + 1:]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + rng.choice(NEAR.get(word[at], word[at])) + word[at + 1:]


def _typos(text: str, rng: Random, kept: Collection[str]) -> str:
    words = text.split(" ")
    able = [i for i, word in enumerate(words) if len(word.rstrip(".,?!")) > 3 and word.isascii() and word.rstrip(".,?!").isalpha() and word.rstrip(".,?!") not in kept]
    for at in rng.sample(able, min(len(able), rng.choice((1, 1, 2)))):
        words[at] = _slip(words[at], rng)
    return " ".join(words)


def _lower(text: str, kept: Collection[str]) -> str:
    return " ".join(word if any(part in kept for part in (word.rstrip(".,?!:"), word.split("'")[0])) else word.lower() for word in text.split(" "))


def rough(text: str, rng: Random, copies: Collection[str]) -> str:
    """The text as a hurried person types it; the words of `copies` keep their letters."""
    kept = {word for copy in copies for word in copy.replace(".", " ").split()}
    roll = rng.random()
    if not text.isascii():
        return text.translate(FULL_WIDTH) if roll < 0.15 else text.rstrip("。？！") if roll < 0.35 else text
    if roll < 0.55:
        return text
    if roll < 0.82:
        text = _lower(text, kept)
    if (0.70 < roll < 0.90) and len(text) > 1:
        text = text.rstrip("?.! ") or text
    if roll > 0.90 or 0.62 < roll < 0.68:
        text = _typos(text, rng, kept)
    return text
