"""How people type: without capitals or punctuation, with slips. Works on user texts only."""

from collections.abc import Collection
from random import Random

NEAR = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}
PHRASES = [("What is", "What's|Whats|What would be|What might be|And what is"), ("what is", "what's|whats|what exactly is|what really is"), ("What's", "What is|Whats"), ("Who are you", "Who might you be|Who r u|Who exactly are you"), ("Tell me", "Let me know|Say|Could you tell me|Just tell me"),
           ("tell me", "let me know|say|inform me of"), ("Give me", "I want|I need|Make|I would like|Let me have"), ("Can you", "Could you|Would you|Are you able to|can u"), ("can you", "could you|would you|can u"), ("Please ", "Kindly |Would you |"), ("please", "pls|kindly"),
           ("called", "named|known as"), ("named", "called|by the name of"), ("I am", "I'm|Im"), ("I'm", "I am|im"), ("my name is", "the name's|my name's|I go by"), ("My name is", "The name is|My name's|I go by|Everyone calls me"), ("Do you know", "Do you remember|Any idea|Can you say|Do you happen to know"),
           ("Which", "What"), ("which", "what"), ("How much is", "How much would be|How much makes"), ("want", "would like|wish"), ("short", "little|brief|small"), ("story", "tale"), ("Explain", "Describe|Clarify"), ("explain", "describe|clarify"), ("bigger", "larger|greater"), ("How do I", "How can I|How would I|In what way do I"),
           ("I have", "I've got|I own"), ("have now", "have then|have in the end|still have"), ("Remember", "Keep in mind|Don't forget|Memorize"), ("remember", "recall|still know"), ("word", "single word"), ("Answer", "Reply|Respond"), ("answer", "reply|respond"), ("Count", "Please count|Now count"), ("like best", "like most|prefer"), ("you", "u"), ("and", "&")]
OPENERS = ["So,", "Well,", "Ok,", "Okay", "Hmm,", "Pocket,", "Hey Pocket,", "Hi,", "And", "Now", "Listen,", "Tell me,", "Sorry,", "Excuse me,", "Alright,", "Dear Pocket,", "Hi there,", "Good day,", "Look,", "Oh,", "One more thing:", "Next question:", "Then", "By the way,"]
CLOSERS = [", please", " please", ", thanks", ", Pocket", ", then", " again", " now", ", my friend", ", if you can", " for me", ", really", " exactly", ", hm", " actually"]
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


def _reword(text: str, rng: Random, kept: Collection[str]) -> str:
    """One turn of speech in place of another, and words around the sentence that change nothing."""
    able = [(old, new) for old, new in PHRASES if old in text and not any(part in kept for part in old.split())]
    for old, new in rng.sample(able, min(len(able), rng.choice((1, 1, 2)))):
        text = text.replace(old, rng.choice(new.split("|")), 1)
    if rng.random() < 0.35 and text.split(" ")[0] not in kept:
        text = f"{rng.choice(OPENERS)} {text if rng.random() < 0.4 else text[0].lower() + text[1:]}"
    if rng.random() < 0.25 and text[-1] in "?.":
        text = f"{text[:-1]}{rng.choice(CLOSERS)}{text[-1]}"
    return text


def rough(text: str, rng: Random, copies: Collection[str]) -> str:
    """The text as a hurried person types it; the words of `copies` keep their letters."""
    kept = {word for copy in copies for word in copy.replace(".", " ").split()}
    roll = rng.random()
    if not text.isascii():
        return text.translate(FULL_WIDTH) if roll < 0.15 else text.rstrip("。？！") if roll < 0.35 else text
    if rng.random() < 0.16:
        text = _reword(text, rng, kept)
    if roll < 0.55:
        return text
    if roll < 0.82:
        text = _lower(text, kept)
    if (0.70 < roll < 0.90) and len(text) > 1:
        text = text.rstrip("?.! ") or text
    if roll > 0.90 or 0.62 < roll < 0.68:
        text = _typos(text, rng, kept)
    return text
