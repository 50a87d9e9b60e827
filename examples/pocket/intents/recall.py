"""What the user told earlier in the chat: told, kept over other turns, asked for, corrected, or never told."""

from dataclasses import dataclass
from random import Random

from sample import Sample
from words import english as en


@dataclass(frozen=True)
class Topic:
    """How a thing is told (`v` value, `w` a second value), acknowledged, asked for and answered."""

    noun: str
    tells: tuple[str, ...]
    reply: str
    asks: tuple[str, ...]
    answer: str
    kind: str


TOPICS = (
    Topic("name", ("My name is {v}.", "I am {v}.", "I'm {v}.", "Hi, I'm {v}.", "Hello, my name is {v}.", "Call me {v}.", "Please remember that my name is {v}.", "By the way, my name is {v}.", "You can call me {v}.", "my name's {v}", "They call me {v}.", "Hi! I am {v}, nice to meet you.", "{v} is my name."),
          "Hello {v}! Nice to meet you.",
          ("What is my name?", "What's my name?", "Do you remember my name?", "Who am I?", "What am I called?", "Tell me my name.", "Can you tell me my name?", "How am I called?", "Say my name.", "Do you know my name?", "What was my name again?", "And my name is?", "Do you know who I am?", "what did I say my name was?", "Remind me of my name."),
          "Your name is {v}.", "person"),
    Topic("favourite colour", ("My favourite colour is {v}.", "My favorite color is {v}.", "I love the colour {v}.", "The colour I like best is {v}.", "I like {v} best of all colours.", "By the way, my favourite colour is {v}.", "{v} is my favourite colour."),
          "{V} is a nice colour.",
          ("What is my favourite colour?", "What's my favorite color?", "Which colour do I like?", "Which colour do I like best?", "Do you remember my favourite colour?", "What colour do I love?", "Tell me my favourite colour.", "Which color is my favorite?", "What color do I like most?"),
          "Your favourite colour is {v}.", "colour"),
    Topic("lucky number", ("My lucky number is {v}.", "My favourite number is {v}.", "Remember the number {v}.", "Please remember this number: {v}.", "My number is {v}.", "The secret number is {v}.", "Keep the number {v} in mind.", "Note the number {v}."),
          "I will remember {v}.",
          ("What is my lucky number?", "What was the number?", "Which number did I tell you?", "What's my number?", "Do you remember the number?", "Which number should you remember?", "Tell me the number.", "What is my number?", "What number did I say?", "What is my favourite number?", "what was that number again?"),
          "Your number is {v}.", "number"),
    Topic("pet", ("I have a {w} called {v}.", "My {w} is called {v}.", "My {w}'s name is {v}.", "I have a {w} named {v}.", "The name of my {w} is {v}.", "At home I have a {w} named {v}.", "I own a {w}. Its name is {v}."),
          "{v} is a nice name for a {w}.",
          ("What is my {w} called?", "What is the name of my {w}?", "What is my {w}'s name?", "What's my {w}'s name?", "Do you remember the name of my {w}?", "How is my {w} called?", "Tell me the name of my {w}.", "What is the name of my pet?", "What is my pet called?"),
          "Your {w} is called {v}.", "pet"),
    Topic("animal", ("I have a {v}.", "My pet is a {v}.", "I own a {v}.", "We have a {v} at home."),
          "How nice, a {v}!",
          ("What pet do I have?", "Which animal do I have?", "What kind of pet do I have?", "What animal do I own?", "Which pet do I have?", "Do you remember my pet?"),
          "You have a {v}.", "animal"),
    Topic("city", ("I live in {v}.", "I am from {v}.", "My home is in {v}.", "I come from {v}.", "My home town is {v}.", "I was born in {v} and live there.", "I moved to {v}."),
          "{v} sounds like a nice place.",
          ("Where do I live?", "Where am I from?", "Which city do I live in?", "Where is my home?", "What is my home town?", "Do you remember where I live?", "In which city do I live?", "What city am I from?", "Where do I come from?"),
          "You live in {v}.", "city"),
    Topic("favourite food", ("My favourite food is {v}.", "My favorite food is {v}.", "I like to eat {v}.", "I love {v}.", "The food I like best is {v}.", "I eat {v} every day."),
          "{V}, that sounds tasty.",
          ("What is my favourite food?", "What do I like to eat?", "Which food do I like?", "What's my favorite food?", "Do you remember my favourite food?", "What food do I love?", "What do I eat every day?"),
          "Your favourite food is {v}.", "food"),
    Topic("hobby", ("My hobby is {v}.", "I like {v} in my free time.", "My favourite hobby is {v}.", "In my free time I enjoy {v}.", "I spend my weekends with {v}."),
          "{V} sounds like fun.",
          ("What is my hobby?", "What do I do in my free time?", "What's my hobby?", "Do you remember my hobby?", "Which hobby do I have?", "What do I like to do?", "How do I spend my weekends?"),
          "Your hobby is {v}.", "hobby"),
    Topic("job", ("I am a {v}.", "I work as a {v}.", "My job is {v}.", "I'm a {v} by profession.", "I am working as a {v}."),
          "That is an interesting job.",
          ("What is my job?", "What do I do for a living?", "What do I work as?", "What's my profession?", "Do you remember my job?", "What kind of work do I do?"),
          "You are a {v}.", "job"),
    Topic("kin", ("My {w} is called {v}.", "My {w}'s name is {v}.", "I have a {w} named {v}.", "The name of my {w} is {v}.", "{v} is my {w}.", "I have a {w}. The name is {v}."),
          "I will remember your {w} {v}.",
          ("What is my {w} called?", "What is the name of my {w}?", "Who is my {w}?", "What's my {w}'s name?", "What is my {w}'s name?", "Do you remember the name of my {w}?", "Tell me my {w}'s name."),
          "Your {w} is called {v}.", "kin"),
    Topic("age", ("I am {v} years old.", "I'm {v} years old.", "My age is {v}.", "I turned {v} this year."),
          "{v} is a good age.",
          ("How old am I?", "What is my age?", "What's my age?", "Do you remember how old I am?", "Tell me my age."),
          "You are {v} years old.", "age"),
    Topic("word", ("The password is {v}.", "Remember the word {v}.", "The secret word is {v}.", "Please remember this word: {v}.", "The code word is {v}.", "Keep this word in mind: {v}."),
          "I will remember the word {v}.",
          ("What is the password?", "What was the word?", "Which word did I tell you?", "What is the secret word?", "What is the code word?", "Do you remember the word?", "Which word should you remember?", "Tell me the word."),
          "The word is {v}.", "word"),
)
NEVER = {"name": "your name", "favourite colour": "your favourite colour", "lucky number": "your number", "animal": "your pet", "city": "where you live", "favourite food": "your favourite food", "hobby": "your hobby", "job": "your job", "age": "your age", "word": "the word"}


def value_of(rng: Random, kind: str) -> tuple[str, str]:
    """A value and, where the topic has two, the second."""
    if kind in ("person", "pet", "kin"):
        second = rng.choice(en.PETS) if kind == "pet" else rng.choice(en.KIN) if kind == "kin" else ""
        return en.person(rng), second
    if kind in ("number", "age"):
        return str(rng.randint(5, 90) if kind == "age" else rng.choice([rng.randint(0, 20), rng.randint(0, 99), rng.randint(100, 999)])), ""
    if kind not in ("animal", "number", "age") and rng.random() < 0.3:
        return en.invented(rng).capitalize() if kind == "city" else en.invented(rng), ""
    if kind == "word":
        return rng.choice(rng.choice((en.THINGS, en.ANIMALS, en.COLOURS, en.FOODS))), ""
    if kind == "city":
        return rng.choice(en.PLACES), ""
    if kind == "job":
        return rng.choice(en.ROLES), ""
    if kind == "animal":
        return rng.choice([p for p in en.PETS if p[0] not in "aeiou"]), ""
    pool = {"colour": en.COLOURS, "food": en.FOODS, "hobby": en.HOBBIES}[kind]
    return rng.choice(pool), ""


class Told:
    """One thing that the user tells: its sentences and its answer."""

    def __init__(self, rng: Random, topic: Topic) -> None:
        self.topic, self.rng = topic, rng
        self.value, self.second = value_of(rng, topic.kind)

    def _fill(self, text: str) -> str:
        filled = text.format(v=self.value, V=self.value[0].upper() + self.value[1:], w=self.second)
        for word in (self.value, self.second):
            if word and word[0] in "aeiou":
                filled = filled.replace(f" a {word}", f" an {word}")
        return filled

    def tell(self) -> str:
        return self._fill(self.rng.choice(self.topic.tells))

    def reply(self) -> str:
        return self._fill(self.topic.reply)

    def ask(self) -> str:
        return self._fill(self.rng.choice(self.topic.asks))

    def answer(self) -> str:
        return self._fill(self.topic.answer)

    def key(self) -> str:
        return f"told:{self.topic.noun}:{self.value.lower()}"

    def copies(self) -> tuple[str, ...]:
        return (self.value, self.second) if self.second else (self.value,)


def things(rng: Random, count: int) -> list[Told]:
    """Different topics, the name more often than the rest."""
    chosen = rng.sample(TOPICS, count)
    if TOPICS[0] not in chosen and rng.random() < 0.4:
        chosen[0] = TOPICS[0]
    if {"pet", "animal"} <= {topic.noun for topic in chosen}:
        chosen = [topic for topic in chosen if topic.noun != "animal"]
    rng.shuffle(chosen)
    return [Told(rng, topic) for topic in chosen]


def keys(told: list[Told]) -> str:
    """The keys of all that is told, so that a held-out value is nowhere in training."""
    return "\n".join(one.key() for one in told)


def at_once(rng: Random) -> Sample:
    """Told and asked in one message; several things told, one asked."""
    told = things(rng, rng.choice((1, 1, 2, 3)))
    about = rng.choice(told)
    text = " ".join(one.tell() for one in told) + " " + about.ask()
    return Sample(((text, about.answer()),), keys(told), copies=tuple(c for one in told for c in one.copies()), expect={"contains": [about.value]})


def told_and_asked(rng: Random) -> Sample:
    """Tell a few things in turns, ask for some of them; the fillers come from chats.py."""
    told = things(rng, rng.choice((1, 1, 2, 3)))
    turns = [(one.tell(), one.reply()) for one in told]
    if rng.random() < 0.3:
        one, two = told[0], told[-1]
        if one is not two:
            turns = [(f"{one.tell()} {two.tell()}", "I will remember that."), *turns[1:-1]]
    asked = rng.sample(told, rng.randint(1, len(told)))
    turns += [(one.ask(), one.answer()) for one in asked]
    last = asked[-1]
    return Sample(tuple(turns), keys(told), copies=tuple(c for one in told for c in one.copies()), expect={"contains": [last.value]})


def corrected(rng: Random) -> Sample:
    """A later value replaces an earlier one."""
    topic = rng.choice(TOPICS[:3] + TOPICS[5:8])
    first, second = Told(rng, topic), Told(rng, topic)
    tell = second.tell()
    tell = rng.choice(["Actually, ", "No, ", "Sorry, ", "Wait, ", "Correction: ", "I changed my mind. "]) + (tell if tell[0] == "I" or tell.startswith(second.value) else tell[0].lower() + tell[1:])
    turns = ((first.tell(), first.reply()), (tell, second.reply()), (second.ask(), second.answer()))
    return Sample(turns, keys([first, second]), copies=first.copies() + second.copies(), expect={"contains": [second.value]})


def never_told(rng: Random) -> Sample:
    """Asked for something that was not told, perhaps after something else was."""
    told = things(rng, rng.choice((1, 1, 2)))
    nouns = {one.topic.noun for one in told}
    missing = rng.choice([topic for topic in TOPICS if topic.noun in NEVER and topic.noun not in nouns and not (topic.noun == "animal" and "pet" in nouns)])
    turns = [(one.tell(), one.reply()) for one in told] if rng.random() < 0.6 else []
    question = rng.choice(missing.asks)
    turns.append((question, f"You have not told me {NEVER[missing.noun]}."))
    return Sample(tuple(turns), "\n".join([f"never:{question}", keys(told)]), copies=tuple(c for one in told for c in one.copies()))
