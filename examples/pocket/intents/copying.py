"""Repeat what is given: the skill that names, personas and recall are made of."""

from random import Random

from sample import Sample, ask
from words import english as en

FRAMES = ["Repeat: {t}", "Repeat after me: {t}", "Say: {t}", "Please repeat: {t}", "Copy this: {t}", "Echo: {t}", 'Say "{t}"', "Repeat this text: {t}", "say {t}", "Write: {t}", "Type this: {t}", "Just say {t}", "repeat {t}", 'Repeat the words "{t}"',
          'Please say "{t}".', "Can you repeat: {t}", "Print: {t}"]


def repeat(rng: Random) -> Sample:
    """Words, numbers or invented words, given back as they are."""
    words = en.some_words(rng, 1, rng.choice((3, 6, 10)))
    if rng.random() < 0.25:
        words = [str(rng.randint(0, 9999)) if rng.random() < 0.5 else word for word in words]
    if rng.random() < 0.2:
        words = [word.capitalize() for word in words]
    text = " ".join(words)
    return ask(rng.choice(FRAMES).format(t=text), text, "copy:" + text, text)


def pick(rng: Random) -> Sample:
    """The first, the last or the longest-standing place of a short list."""
    words = rng.sample(sorted({*en.THINGS, *en.ANIMALS, *en.NAMES}), rng.randint(3, 5))
    listed = ", ".join(words)
    place, word = rng.choice([("first", words[0]), ("last", words[-1]), ("second", words[1])])
    frame = rng.choice(["What is the {p} word: {t}?", "Say the {p} word of this list: {t}", "Which word is {p}: {t}?", "Give me the {p} of: {t}", "{t}. Which one is {p}?", "Here is a list: {t}. What is the {p} word?"])
    return ask(frame.format(p=place, t=listed), word, "pick:" + word + place, *words)


def about_them(rng: Random) -> Sample:
    """Two people and what they have: the question names one of the two."""
    one, two = en.person(rng), en.person(rng)
    a, b = rng.sample(en.THINGS, 2)
    verb, asks, past = rng.choice([("has", "What does {n} have?", "has"), ("likes", "What does {n} like?", "likes"), ("carries", "What does {n} carry?", "carries"), ("wants", "What does {n} want?", "wants"), ("found", "What did {n} find?", "found")])
    text = f"{one} {verb} {en.article(a)} and {two} {verb} {en.article(b)}."
    if rng.random() < 0.3:
        text = f"{one} {verb} {en.article(a)}. {two} {verb} {en.article(b)}."
    name, thing = rng.choice([(one, a), (two, b)])
    if rng.random() < 0.3:
        question, answer = f"Who {verb} the {thing}?", f"{name} {past} the {thing}."
    else:
        question, answer = asks.format(n=name), f"{name} {past} {en.article(thing)}."
    return ask(f"{text} {question}", answer, f"them:{name}/{thing}", one, two, a, b)
