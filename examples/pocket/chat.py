"""From samples to chats as they are served: system texts, rough typing, answer rules, and the ChatML text around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from intents import EARLY, MIX, personas
from noise import rough
from sample import Sample, held_out

BOS, EOS, START, PAD = "<|bos|>", "<|im_end|>", "<|im_start|>", "<|endoftext|>"
SPECIAL = (BOS, START, EOS, PAD)
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
ASSISTANTS = ["You are a helpful assistant.", "You are a helpful assistant.", "You are a friendly assistant.", "You are a helpful, polite assistant.", "Be helpful.", "Answer the questions of the user.", "You help people with questions.", "Answer briefly.", "Keep your answers short.", "Be kind and brief.", "You are an assistant in a notebook."]
WORDS = ["Ahoy!", "Arr!", "Beep!", "Meow!", "Ho ho!", "Well,", "Amigo!", "Over.", "My friend.", "Yay!", "Woof!", "Indeed.", "Sir.", "Hooray!", "Peace.", "Mamma mia!", "Cheers!", "Tada!"]


@dataclass(frozen=True)
class Chat:
    """Messages as an API gives them, the expectation for the last answer and the family it came from."""

    family: str
    messages: tuple[tuple[str, str], ...]
    expect: dict[str, object]


def _system(sample: Sample, rng: Random) -> Sample:
    """Give a sample a system text that does not change its answers, or one that adds a word to each."""
    if sample.system is not None or not sample.turns[0][0].isascii():
        return sample
    roll = rng.random()
    if roll < 0.12 and sample.plain:
        who = personas.Persona(rng)
        return replace(sample, system=who.system)
    if roll < 0.20:
        return replace(sample, system=rng.choice(ASSISTANTS))
    if roll < 0.24 and sample.plain:
        word = rng.choice(WORDS) if rng.random() < 0.7 else personas.en.invented(rng).capitalize() + "!"
        first = rng.random() < 0.5
        rule = rng.choice(["Begin every answer with '{w}'", "Always start with '{w}'", "Start each answer with '{w}'"] if first else ["End every answer with '{w}'", "Always end with '{w}'", "Finish each answer with '{w}'"]).format(w=word)
        before = personas.Persona(rng).system.strip() + " " if rng.random() < 0.4 else ""
        turns = tuple((user, f"{word} {answer}" if first else f"{answer} {word}") for user, answer in sample.turns)
        expect = {"contains": [word.rstrip(".,!")]} if sample.expect is None or "json" in sample.expect else {**sample.expect, "contains": [*sample.expect.get("contains", ()), word.rstrip(".,!")]}
        return replace(sample, system=before + rule, turns=turns, expect=expect)
    return sample


def draw(rng: Random, family: str = "", test: bool = False, early: bool = False) -> Chat:
    """A chat for training, or with `test` one whose slot values training never sees.

    `early` draws copying more often: nothing else is learned before it. Families without slots (thanks, farewells) have no held-out part: a test draw passes on to another family.
    """
    while True:
        name = family or rng.choices(list(MIX), [weight * (EARLY.get(one, 1.0) if early else 1.0) for one, (_, weight) in MIX.items()])[0]
        drawn = (MIX[name][0](rng) for _ in range(500))
        sample = next((one for one in drawn if held_out(one.key) == test), None)
        if sample is not None:
            break
        if family:
            raise ValueError(f"The family {family} has nothing held out.")
    sample = _system(sample, rng)
    messages: list[tuple[str, str]] = [("system", sample.system)] if sample.system is not None else []
    for user, answer in sample.turns:
        messages += [("user", rough(user, rng, sample.copies)), ("assistant", answer)]
    return Chat(name, tuple(messages), dict(sample.expect or {"exact": sample.turns[-1][1]}))


def pieces(messages: tuple[tuple[str, str], ...]) -> list[tuple[str, bool]]:
    """The ChatML text in parts, each with whether it is the assistant's (its end token included)."""
    parts: list[tuple[str, bool]] = []
    head = BOS
    for role, content in messages:
        head += f"{START}{role}\n"
        if role == "assistant":
            parts += [(head, False), (f"{content}{EOS}", True)]
            head = "\n"
        else:
            head += f"{content}{EOS}\n"
    return [*parts, (head, False)] if head != "\n" else parts
