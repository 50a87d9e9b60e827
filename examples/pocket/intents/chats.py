"""Longer conversations: several families in one chat, and recall over what lies between."""

from random import Random

from intents import arithmetic, copying, facts, fallback, formats, greetings, personas, recall, stories
from sample import Sample, held_out

FILLERS = (arithmetic.total, arithmetic.total, arithmetic.story_sum, arithmetic.neighbour, facts.term, facts.term, facts.lookup, facts.purpose, fallback.unknown, fallback.unknown, greetings.small_talk, formats.yes_no, formats.json_object, formats.listing, copying.repeat, stories.story, copying.about_them)
SHORT = tuple(family for family in FILLERS if family is not stories.story)


def filler(rng: Random, rarely_long: float = 0.1) -> Sample:
    """A sample to put between; never one of the held-out ones."""
    while True:
        sample = rng.choice(FILLERS if rng.random() < rarely_long else SHORT)(rng)
        if not held_out(sample.key):
            return sample


def remembering(rng: Random) -> Sample:
    """Things are told, other turns follow, then some are asked for: four to eight turns."""
    told = recall.things(rng, rng.choice((1, 2, 2, 3)))
    opening = [(one.tell(), one.reply()) for one in told]
    between = [turn for _ in range(rng.choice((1, 2, 3, 3, 4))) for turn in filler(rng).turns]
    turns = opening + between
    if rng.random() < 0.35:
        rng.shuffle(turns)
    asked = rng.sample(told, rng.randint(1, len(told)))
    turns += [(one.ask(), one.answer()) for one in asked]
    last = asked[-1]
    return Sample(tuple(turns), recall.keys(told), copies=tuple(c for one in told for c in one.copies()), expect={"contains": [last.value]})


def mixed(rng: Random) -> Sample:
    """Two to six unrelated turns, often opened by a greeting."""
    turns: list[tuple[str, str]] = []
    copies: list[str] = []
    if rng.random() < 0.5:
        first = rng.choice((greetings.greeting, greetings.named, greetings.identity))(rng)
        turns += first.turns
        copies += first.copies
    for _ in range(rng.randint(2, 5)):
        sample = filler(rng, 1.0)
        turns += sample.turns
        copies += sample.copies
    return Sample(tuple(turns), f"mixed:{turns[-1][0]}", copies=tuple(copies), plain=False)


def in_character(rng: Random) -> Sample:
    """A persona that also sums, explains and remembers, and still knows who it is."""
    who = personas.Persona(rng)
    turns: list[tuple[str, str]] = []
    for _ in range(rng.randint(1, 4)):
        turns += filler(rng, 0.0).turns if rng.random() < 0.6 else (who.turn(rng),)
    if rng.random() < 0.3:
        told = recall.things(rng, 1)[0]
        turns = [(told.tell(), told.reply()), *turns, (told.ask(), told.answer())]
    else:
        turns.append(who.turn(rng))
    return Sample(tuple(turns), f"persona:{who.name.lower()}/{who.role}", who.system, who.copies(), plain=False)


def long(rng: Random) -> Sample:
    """Ten to forty turns, up to about 1,500 tokens, with things to remember from the start to the end."""
    told = recall.things(rng, rng.randint(2, 4))
    turns = [(one.tell(), one.reply()) for one in told]
    for _ in range(rng.randint(8, 34)):
        if rng.random() < 0.2:
            one = rng.choice(told)
            turns.append((one.ask(), one.answer()))
        else:
            turns += filler(rng, 0.07).turns
    turns += [(one.ask(), one.answer()) for one in told]
    return Sample(tuple(turns), recall.keys(told), copies=tuple(c for one in told for c in one.copies()), expect={"contains": [told[-1].value]})
