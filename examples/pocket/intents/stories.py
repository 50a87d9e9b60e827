"""Short stories on request: the hero and the thing come from the request, the plot from the thing asked for."""

from random import Random

from sample import Sample, ask
from words import english as en

REQUESTS = ["Tell me a story about {h} and {t}.", "Tell me a short story about {h} and {t}.", "Write a short story about {h} and {t}.", "Can you tell a story with {h} and {t}?", "a story about {h} and {t} please", "Please write a story about {h} with {t}.",
            "I want to hear a story about {h} and {t}.", "Make up a story about {h} who finds {t}.", "story: {h}, {t}", "Write a tale about {h} and {t}.", "Invent a little story with {h} and {t}.", "Tell a bedtime story about {h} and {t}.", "Once more a story, about {h} and {t}!",
            "Could you write me a story about {h} and {t}?", "Let me hear a tale of {h} and {t}.", "Give me a short story with {h} and {t} in it."]
HERO_ONLY = ["Tell me a story about {h}.", "Write a short story about {h}.", "Can you tell me a story about {h}?", "a story about {h}", "I want a story about {h}.", "Please tell a tale about {h}.", "Make up a story about {h}.", "Tell me a little story with {h} in it.", "Do you know a story about {h}?", "Write something about the adventures of {h}."]
ANY = ["Tell me a story.", "Tell me a short story.", "Write a story.", "I want to hear a story.", "A story, please.", "Can you tell me a story?", "Please tell a story.", "Do you know a story?", "Tell me another story.", "Entertain me with a story.", "Make up a story."]

OPENINGS = ["Once upon a time there was {h} named {n}.", "There once was {h} called {n}.", "Long ago there lived {h} named {n}."]
PLOTS = [
    "One day {n} found {t} in the {p}. It belonged to {f}. {n} carried the {s} all the way back. {f} was so happy that they shared a cake.",
    "{n} wanted {t} more than anything. {f} had one in the {p}. They agreed to share the {s}, and soon they were best friends.",
    "In the {p} {n} saw {t} that began to speak. \"Take me to {f},\" said the {s}. {n} did so, and {f} laughed with joy.",
    "{n} lost {t} in the {p}. {f} helped to look for it until night. At last the {s} lay under a leaf, and they danced.",
]
PLACES = ["forest", "garden", "old tower", "meadow", "valley", "market"]
ENDINGS = ["From that day on {n} was never lonely.", "And {n} slept well that night.", "{n} never forgot that day.", "And they lived happily ever after."]
FRIENDS = ["an owl", "a little mouse", "an old bear", "a kind giant", "a fox"]
CALLED = ["Felix", "Luna", "Max", "Rosa", "Oscar", "Mia", "Bruno", "Nora"]


def tell(rng: Random, hero: str, thing: str, name: str) -> str:
    """The story. Plot and place follow from the thing, so that little is left to chance; opening and ending are free."""
    seed = en.THINGS.index(thing) if thing in en.THINGS else len(thing)
    friend = rng.choice([f for f in FRIENDS if f.split()[-1] != hero.split()[-1]])
    words = {"h": en.article(hero), "n": name, "t": en.article(thing), "s": thing, "f": friend, "p": PLACES[seed % len(PLACES)]}
    parts = [rng.choice(OPENINGS), PLOTS[seed % len(PLOTS)], rng.choice(ENDINGS)]
    text = " ".join(part.format(**words) for part in parts)
    bare = friend.split(" ", 1)[1]
    head, mark, rest = text.partition(friend)
    rest = rest.replace(friend, f"the {bare}")
    text = head + mark + rest
    for start in (". ", "\" "):
        text = text.replace(f"{start}{friend}", f"{start}{friend[0].upper()}{friend[1:]}").replace(f"{start}the {bare}", f"{start}The {bare}")
    return text


def story(rng: Random) -> Sample:
    """A request that names hero and thing, the hero only, or nothing."""
    hero = rng.choice(en.HEROES)
    if rng.random() < 0.3:
        hero = f"{rng.choice(en.ADJECTIVES)} {hero}"
    if rng.random() < 0.08:
        hero = en.role(rng)
    thing = rng.choice(en.THINGS)
    name = rng.choice(CALLED)
    roll = rng.random()
    if roll < 0.72:
        asked = f"{en.article(hero)}"
        if rng.random() < 0.3:
            name = en.person(rng)
            asked += f" {rng.choice(['named', 'called'])} {name}"
        request = rng.choice(REQUESTS).format(h=asked, t=en.article(thing))
        expect: dict[str, object] = {"contains": [hero, thing]}
        copies = (hero, thing, name)
    elif roll < 0.92:
        asked = en.article(hero)
        if rng.random() < 0.3:
            name = en.person(rng)
            asked = name if rng.random() < 0.3 else f"{asked} {rng.choice(['named', 'called'])} {name}"
        request = rng.choice(HERO_ONLY).format(h=asked)
        if asked == name:
            hero = "girl" if name[-1] in "aey" else "boy"
        expect, copies = {"contains": [hero if asked != name else name]}, (hero, name)
        thing = rng.choice(en.THINGS[:12])
    else:
        hero, thing = rng.choice(en.ANIMALS[:8]), rng.choice(en.THINGS[:8])
        request, expect, copies = rng.choice(ANY), {"contains": ["."]}, ()
    return ask(request, tell(rng, hero, thing, name), f"story:{hero}/{thing}", *copies, expect=expect)
