"""Answers in a requested form: yes or no, one word, a number only, JSON, lists, counting."""

import json
from random import Random

from intents.fact_table import CAPITALS, COLOURS_OF, LEGS, OPPOSITES
from sample import Sample, ask
from words import english as en

YES_NO = [" Answer yes or no.", " Yes or no?", " Just yes or no.", " Answer with yes or no.", " Only answer yes or no.", " yes or no", " Reply with yes or no only."]
ONE_WORD = ["In one word: {q}", "Answer in one word: {q}", "{q} One word.", "{q} Answer with one word.", "One word only: {q}", "{q} Just one word.", "With a single word, {q}", "{q} Reply with one word only."]
NUMBER_ONLY = ["{q} Only the number.", "{q} Just the number.", "Only give the number: {q}", "{q} Answer with the number only.", "Number only: {q}", "Reply with a number: {q}"]
KINDS = {"an animal": en.ANIMALS, "a fruit": en.FRUITS, "a colour": en.COLOURS, "a thing": en.THINGS}
LISTS = {"colours": en.COLOURS, "colors": en.COLOURS, "fruits": en.FRUITS, "animals": en.ANIMALS, "names": en.NAMES[:20], "numbers": en.NUMBER_WORDS[1:]}


def yes_no(rng: Random) -> Sample:
    """Comparison, colours, capitals and kinds as closed questions."""
    kind = rng.choice("ncckaa")
    if kind == "n":
        a, b = rng.sample(range(21), 2)
        more = rng.random() < 0.5
        question = f"Is {a} {rng.choice(['bigger', 'greater', 'larger', 'more']) if more else rng.choice(['smaller', 'less'])} than {b}?"
        truth, key = (a > b) == more, f"yes:{a}{more}{b}"
    elif kind == "c":
        thing = rng.choice(sorted(COLOURS_OF))
        colour = COLOURS_OF[thing] if rng.random() < 0.5 else rng.choice(en.COLOURS[:10])
        question, truth, key = f"Is {thing} {colour}?", colour == COLOURS_OF[thing], f"yes:{thing}{colour}"
    elif kind == "k":
        country = rng.choice(sorted(CAPITALS))
        city = CAPITALS[country] if rng.random() < 0.5 else rng.choice(sorted(CAPITALS.values()))
        question, truth, key = f"Is {city} the capital of {country}?", city == CAPITALS[country], f"yes:{city}{country}"
    else:
        asked, true_kind = rng.choice(list(KINDS)[:3]), rng.choice(list(KINDS))
        word = rng.choice([w for w in KINDS[true_kind] if w not in ("orange", "peach") and (w in KINDS[asked]) == (asked == true_kind)])
        question, truth, key = f"Is {word if true_kind == 'a colour' else en.article(word)} {asked}?", asked == true_kind, f"yes:{word}{asked}"
    order = rng.random()
    tail = rng.choice(YES_NO)
    text = tail.strip().rstrip(".?") + ": " + question if order < 0.2 else question + (tail if order < 0.85 else "")
    answer = "Yes" if truth else "No"
    return ask(text, answer, key)


def one_word(rng: Random) -> Sample:
    """A known fact as a single word."""
    kind = rng.choice("ckoon")
    if kind == "c":
        country = rng.choice(sorted(CAPITALS))
        question, answer = f"what is the capital of {country}?", CAPITALS[country]
    elif kind == "k":
        thing = rng.choice(sorted(COLOURS_OF))
        question, answer = rng.choice(["what colour is {t}?", "what color is {t}?", "which colour is {t}?"]).format(t=thing), COLOURS_OF[thing].capitalize()
    elif kind == "o":
        one, other = rng.choice(OPPOSITES)
        if rng.random() < 0.5:
            one, other = other, one
        question, answer = f"what is the opposite of {one}?", other.capitalize()
    else:
        name = en.person(rng)
        question, answer = f"my name is {name}. what is my name?", name
    frame = rng.choice(ONE_WORD)
    if frame.startswith("{q}"):
        question = question[0].upper() + question[1:]
    return ask(frame.format(q=question), answer, f"word:{question}/{frame}", answer if kind == "n" else "")


def number_only(rng: Random) -> Sample:
    """A sum or a number of legs, the number alone."""
    if rng.random() < 0.2:
        animal = rng.choice(sorted(LEGS))
        question, answer, key = f"How many legs does {animal} have?", str(LEGS[animal]), "legs"
    else:
        a, b = rng.randint(0, 20), rng.randint(0, 20)
        plus = rng.random() < 0.5 or a < b
        question = rng.choice(["What is {e}?", "How much is {e}?", "{e}", "What's {e}?", "Calculate {e}."]).format(e=rng.choice(["{a} + {b}", "{a}+{b}", "{a} plus {b}"] if plus else ["{a} - {b}", "{a}-{b}", "{a} minus {b}"]).format(a=a, b=b))
        answer, key = str(a + b if plus else a - b), f"sum:{min(a, b)}+{max(a, b)}" if plus else f"sum:{a}-{b}"
    return ask(rng.choice(NUMBER_ONLY).format(q=question), answer, key)


def json_object(rng: Random) -> Sample:
    """An object from the given keys and values."""
    name, age = en.person(rng), rng.randint(1, 99)
    kind = rng.randrange(5)
    thing, colour, animal, city = rng.choice(en.THINGS), rng.choice(en.COLOURS), rng.choice(en.PETS), rng.choice(en.PLACES)
    if kind == 0:
        value: dict[str, object] = {"name": name, "age": age}
        text = rng.choice(["Give me a JSON object with name {n} and age {a}.", "Write JSON for a person named {n}, age {a}.", "JSON: name {n}, age {a}", "Return a JSON object for {n} who is {a} years old.", "{n} is {a} years old. Give me that as JSON.", "Make JSON with the name {n} and the age {a}.", "Turn this into JSON: {n} is {a}.",
                           "{n} is {a} years old. Answer in JSON.", "Convert to JSON: name = {n}, age = {a}", "I am {n} and I am {a} years old. Put that in JSON."])
    elif kind == 1:
        value = {"name": name, "city": city}
        text = rng.choice(["Give me a JSON object with name {n} and city {y}.", "{n} lives in {y}. Write that as JSON.", "JSON: name {n}, city {y}", "Return JSON for {n} from {y}.", "Answer in JSON: {n} lives in {y}."])
    elif kind == 2:
        value = {"thing": thing, "color": colour}
        text = rng.choice(["Give me JSON for a {c} {t}.", "JSON: thing {t}, color {c}", "The {t} is {c}. Write that as JSON.", "Make a JSON object with thing {t} and color {c}.", "Return JSON with the thing {t} and the color {c}."])
    elif kind == 3:
        value = {"name": name, "animal": animal, "age": age}
        text = rng.choice(["Give me JSON for a {m} named {n}, {a} years old.", "JSON: a {m} called {n}, age {a}", "Write a JSON object for my {m} {n} who is {a} years old.", "{n} is a {m} and {a} years old. As JSON please."])
    else:
        keys = rng.sample(["x", "y", "id", "size", "count", "price", "width", "height", "year", "score"], 2)
        value = {keys[0]: age, keys[1]: rng.randint(0, 99)}
        text = f"{rng.choice(['Give me JSON with', 'JSON:', 'Write a JSON object with', 'Return JSON with', 'Make JSON with'])} {keys[0]} {age} and {keys[1]} {value[keys[1]]}{rng.choice(['.', '', ', please.'])}"
    text = text.format(n=name, a=age, y=city, c=colour, t=thing, m=animal)
    key = "json:" + "/".join(str(part) for part in value.values())
    return ask(text, json.dumps(value, ensure_ascii=False), key, *(str(part) for part in value.values()), "JSON", expect={"json": value})


def listing(rng: Random) -> Sample:
    """Three of a kind, or numbers in a row."""
    if rng.random() < 0.4:
        a = rng.randint(0, 17)
        b = a + rng.randint(2, min(6, 20 - a)) if a < 18 else 20
        numbers = list(range(a, b + 1))
        if rng.random() < 0.25:
            numbers.reverse()
        text = rng.choice(["Count from {a} to {b}.", "count {a} to {b}", "Please count from {a} to {b}.", "Write the numbers from {a} to {b}.", "List the numbers {a} to {b}.", "Can you count from {a} to {b}?"]).format(a=numbers[0], b=numbers[-1])
        return ask(text, ", ".join(map(str, numbers)), f"count:{numbers[0]}-{numbers[-1]}", str(a), str(b))
    kind = rng.choice(list(LISTS))
    count = rng.choice((2, 3, 4))
    words = LISTS[kind][:count]
    word = en.NUMBER_WORDS[count] if rng.random() < 0.6 else str(count)
    text = rng.choice(["Name {n} {k}.", "List {n} {k}.", "Give me {n} {k}.", "Tell me {n} {k}.", "Can you name {n} {k}?", "{n} {k} please", "I need {n} {k}.", "Write a list of {n} {k}."]).format(n=word, k=kind)
    return ask(text, ", ".join(words), f"list:{text}")
