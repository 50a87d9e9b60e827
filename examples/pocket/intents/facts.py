"""Questions on the fact table, asked in many ways: prefix, frame and tail are drawn apart."""

from random import Random

from intents.fact_table import CAPITALS, COLOURS_OF, DAYS, LEGS, MONTHS, OPPOSITES, OTHER_COUNTRIES, PURPOSES, SOUNDS, TERMS, TRANSLATIONS
from sample import UNKNOWN, Sample, ask
from words import english as en

PREFIXES = ["", "", "", "", "", "", "Please, ", "Hey, ", "Hi! ", "Hello, ", "Sorry, ", "One question: ", "Quick question: ", "Tell me, ", "I am a beginner. ", "Pocket, ", "So, ", "Ok, ", "Now ", "And ", "Another one: ", "Just curious: "]
TAILS = ["", "", "", "", "", "", "", " Thanks.", " Please.", " Thank you!", " I want to learn.", " Keep it short.", " In short.", " In one sentence."]
WHAT = ["what is {x}?", "what's {x}?", "what is {x} exactly?", "explain {x}.", "tell me about {x}.", "define {x}.", "can you explain {x}?", "what does {x} mean?", "do you know what {x} is?", "{x}?", "what is meant by {x}?", "describe {x}.", "please explain {x} to me.", "give me a definition of {x}.",
        "what do you know about {x}?", "I want to know what {x} is.", "how would you explain {x}?", "could you tell me what {x} is?", "what can you say about {x}?", "explain to me what {x} is.", "help me understand {x}.", "I do not understand {x}.", "what is {x} for?", "why do people use {x}?", "what are we talking about when we say {x}?",
        "teach me about {x}.", "what is the meaning of {x}?", "who can explain {x}?", "I have heard of {x}. What is it?", "someone mentioned {x}, what is that?", "what does {x} do?", "how does {x} work?", "explain {x} like I am five.", "what's the idea behind {x}?", "what is the purpose of {x}?", "I'd like to learn about {x}.",
        "can you tell me something about {x}?", "what exactly is {x}?", "{x}: what is that?", "say in one sentence what {x} is.", "why would I need {x}?", "what's the point of {x}?"]
CAPITAL = ["what is the capital of {x}?", "what's the capital of {x}?", "capital of {x}?", "which city is the capital of {x}?", "name the capital of {x}.", "tell me the capital of {x}.", "do you know the capital of {x}?", "what is {x}'s capital?", "the capital of {x} is", "can you tell me the capital of {x}?",
           "{x} has which capital?", "which is the capital city of {x}?", "I need the capital of {x}.", "what city is the capital of {x}?", "name {x}'s capital city.", "the capital city of {x}, please."]
COLOUR = ["what colour is {x}?", "what color is {x}?", "which colour does {x} have?", "what is the colour of {x}?", "what is the color of {x}?", "tell me the colour of {x}.", "{x} has what colour?", "do you know the color of {x}?", "which color is {x}?", "name the colour of {x}."]
OPPOSITE = ["what is the opposite of {x}?", "opposite of {x}?", "what's the opposite of {x}?", "tell me the opposite of {x}.", "which word is the opposite of {x}?", "name the opposite of {x}.", "the opposite of {x} is", "give me the opposite of {x}."]
LEG = ["how many legs does {x} have?", "how many legs has {x}?", "what number of legs does {x} have?", "tell me how many legs {x} has.", "number of legs of {x}?", "do you know how many legs {x} has?"]
SOUND = ["what sound does {x} make?", "what does {x} say?", "which sound does {x} make?", "tell me the sound of {x}.", "how does {x} sound?", "what noise does {x} make?"]
AFTER = ["what comes after {x}?", "what day is after {x}?", "which one comes after {x}?", "what follows {x}?", "tell me what comes after {x}.", "after {x} comes", "which comes next after {x}?"]
BEFORE = ["what comes before {x}?", "which one comes before {x}?", "tell me what comes before {x}.", "what is before {x}?"]
TRANSLATE = ["how do you say {x} in Chinese?", "translate {x} to Chinese.", "what is {x} in Chinese?", "translate '{x}' into Chinese.", "what is the Chinese word for {x}?", "{x} in Chinese?", "say {x} in Chinese."]


def frame(rng: Random, frames: list[str], subject: str) -> str:
    """Prefix, question and tail, with a capital at the start of a sentence most of the time."""
    prefix, question = rng.choice(PREFIXES), rng.choice(frames).format(x=subject)
    if (not prefix or prefix[-2] in ".!") and rng.random() < 0.9:
        question = question[0].upper() + question[1:]
    return prefix + question + (rng.choice(TAILS) if question[-1] in ".?!" else "")


def subject_of(text: str) -> str:
    """Without its article and with a small first letter a term must still be known."""
    for start in ("a ", "an ", "the "):
        if text.startswith(start):
            return text[len(start):]
    return text


def term(rng: Random) -> Sample:
    """A definition."""
    index = rng.randrange(len(TERMS))
    names, answer = TERMS[index]
    subject = rng.choice(names)
    if rng.random() < 0.15:
        subject = subject_of(subject)
    if rng.random() < 0.07:
        subject = f"'{subject}'"
    which = rng.randrange(len(WHAT))
    return ask(frame(rng, [WHAT[which]], subject), answer, f"term:{index}/{which}/{names.index(subject) if subject in names else 0}")


def purpose(rng: Random) -> Sample:
    """A question with its own wording."""
    questions, answer = rng.choice(PURPOSES)
    question = rng.choice(questions)
    question = rng.choice(["", "", "", "Hi! ", "Please tell me: ", "One question: "]) + question
    return ask(question, answer, "purpose:" + question)


def lookup(rng: Random) -> Sample:
    """Capitals, colours, opposites, legs, sounds, what comes after, translations."""
    kind = rng.choice("ccckkoolsadmt")
    if kind == "c":
        country = rng.choice(sorted(CAPITALS))
        question, answer = frame(rng, CAPITAL, country), f"The capital of {country} is {CAPITALS[country]}."
    elif kind == "k":
        thing = rng.choice(sorted(COLOURS_OF))
        question, answer = frame(rng, COLOUR, thing), f"{thing[0].upper()}{thing[1:]} is {COLOURS_OF[thing]}."
    elif kind == "o":
        pair = rng.choice(OPPOSITES)
        one, other = pair if rng.random() < 0.5 else pair[::-1]
        question, answer = frame(rng, OPPOSITE, one), f"The opposite of {one} is {other}."
    elif kind == "l":
        animal = rng.choice(sorted(LEGS))
        question, answer = frame(rng, LEG, animal), f"{animal[0].upper()}{animal[1:]} has {LEGS[animal] or 'no'} legs."
    elif kind == "s":
        animal = rng.choice(sorted(SOUNDS))
        question, answer = frame(rng, SOUND, animal), f"{animal[0].upper()}{animal[1:]} says {SOUNDS[animal]}."
    elif kind in "ad":
        ring = DAYS if rng.random() < 0.6 else MONTHS
        place = rng.randrange(len(ring))
        step, word = (1, "after") if kind == "a" or rng.random() < 0.5 else (-1, "before")
        question = frame(rng, AFTER if step == 1 else BEFORE, ring[place])
        answer = f"{ring[(place + step) % len(ring)]} comes {word} {ring[place]}."
    elif kind == "m":
        # Neighbouring questions that Pocket cannot answer keep it from guessing.
        subject = rng.choice(OTHER_COUNTRIES) if rng.random() < 0.7 else en.invented(rng).capitalize()
        question, answer = frame(rng, CAPITAL, subject), UNKNOWN
    else:
        word = rng.choice(sorted(TRANSLATIONS))
        question, answer = frame(rng, TRANSLATE, word), TRANSLATIONS[word]
    return ask(question, answer, "lookup:" + question)
