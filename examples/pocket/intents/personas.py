"""A system text says who to be; the answers follow it, with names and roles that were never seen."""

from random import Random

from sample import Sample
from words import english as en

TAILS = ["", "", "", "", " Answer as {n}, the assistant, only.", " Always answer as {n}.", " Stay in character.", " Be polite.", " Answer briefly.", " You help people.", " Keep your answers short.", " You love {h}.", " Talk like {r}."]
WHO = ["Who are you?", "Who are you", "Introduce yourself.", "Tell me about yourself.", "What are you?", "Please introduce yourself.", "And you are?", "Who am I talking to?", "Who is this?", "So, who are you?", "Can you introduce yourself?", "Hi, who are you?", "Hello! Who are you?",
       "Tell me who you are.", "Describe yourself.", "I do not know you. Who are you?", "Who is speaking?", "Say who you are.", "Who do I have the pleasure to talk to?"]
NAME = ["What is your name?", "What's your name?", "Your name?", "Tell me your name.", "How are you called?", "What should I call you?", "Do you have a name?", "May I ask your name?", "Name please", "What do they call you?", "What are you called?", "Can you tell me your name?"]
JOB = ["What is your job?", "What do you do?", "What are you?", "What kind of character are you?", "What is your profession?", "What is your role?", "What do you do for a living?", "What do you work as?"]
FROM = ["Where are you from?", "Where do you come from?", "Which place are you from?", "Where is your home?", "What place do you come from?"]
HELLO = ["Hi", "Hello", "Hello!", "Hey", "Hi there!", "Good morning", "Good evening!", "Hello there", "Greetings", "Hey, you!"]


class Persona:
    """Name, role, place: each may be missing; the system text and the answers are made of what is there."""

    def __init__(self, rng: Random) -> None:
        shape = rng.choice(("name role", "name role", "role name", "role name", "name", "name world", "name world", "role", "role", "name role place", "split"))
        self.name = en.person(rng) if "name" in shape or shape == "split" else ""
        if self.name and rng.random() < 0.2:
            self.name = rng.choice(["Captain", "Doctor", "Sir", "Lady", "Professor", "Mister", "Queen", "King", "Old", "Uncle", "Dr.", "Miss"]) + " " + self.name
        self.role = en.article(en.role(rng)) if "role" in shape or shape == "split" else ""
        self.place = rng.choice(en.PLACES if rng.random() < 0.5 else en.WORLDS) if "place" in shape or "world" in shape else ""
        self.system = self._system(rng, shape)

    def _system(self, rng: Random, shape: str) -> str:
        n, r, p = self.name, self.role, self.place
        you = rng.choice(["You are", "You are", "You are", "You are", "You're", "Act as", "Pretend to be", "you are", "Play the role of", "From now on you are"])
        text = {
            "name": f"{you} {n}.",
            "role": f"{you} {r}.",
            "name role": f"{you} {n}{rng.choice([', ', ', ', ' the '])}{r}.".replace(" the a ", " the ").replace(" the an ", " the "),
            "role name": f"{you} {r} {rng.choice(['named', 'called', 'whose name is', 'with the name', 'by the name of'])} {n}.",
            "name world": f"{you} {n} {rng.choice(['from', 'from', 'of'])} {p}{rng.choice(['', '', ', acting as an assistant', ', a friendly assistant'])}.",
            "name role place": f"{you} {n}, {r} from {p}.",
            "split": rng.choice([f"Your name is {n}. You are {r}.", f"You are {r}. Your name is {n}.", f"You are {r} and your name is {n}."]),
        }[shape].replace("..", ".")
        hobby = rng.choice(en.HOBBIES)
        tail = rng.choice(TAILS)
        tail = tail.format(n=n or "yourself", h=hobby, r=self.role or "yourself")
        return text + tail

    def who(self) -> str:
        """The full introduction."""
        if not self.name:
            return f"I am {self.role}."
        role = f", {self.role}" if self.role else ""
        place = f" from {self.place.rstrip('.')}" if self.place else ""
        return f"I am {self.name}{role}{place}."

    def called(self) -> str:
        """The answer to a question for the name."""
        return f"My name is {self.name}." if self.name else f"I have no name. I am {self.role}."

    def copies(self) -> tuple[str, ...]:
        """The words that answers repeat."""
        return tuple(part for part in (self.name, self.role, self.place) if part)

    def turn(self, rng: Random) -> tuple[str, str]:
        """A question about the persona, and its answer."""
        roll = rng.random()
        if roll < 0.42:
            return rng.choice(WHO), self.who()
        if roll < 0.62:
            return rng.choice(NAME), self.called()
        if roll < 0.72:
            return rng.choice(HELLO), f"Hello! {self.who()}"
        if roll < 0.80 and self.place:
            return rng.choice(FROM), f"I am from {self.place.rstrip('.')}."
        if roll < 0.90 and self.role:
            if rng.random() < 0.5:
                return rng.choice([j for j in JOB if j != "What are you?"]), f"I am {self.role}."
            other = rng.random() < 0.5
            asked = en.article(en.role(rng)) if other else self.role
            return f"Are you {asked}?", f"{'No' if asked != self.role else 'Yes'}, I am {self.role}."
        if roll < 0.95 and self.name:
            other_name = en.person(rng)
            asked = other_name if rng.random() < 0.5 else self.name
            return f"{rng.choice(['Are you', 'Is your name'])} {asked}?", f"{'No' if asked != self.name else 'Yes'}, I am {self.name}."
        name = en.person(rng)
        return f"{rng.choice(['Hi', 'Hello', 'Hey'])}, I am {name}. Who are you?", f"Hello {name}! {self.who()}"


def persona(rng: Random) -> Sample:
    """One to three questions about who the system text says."""
    who = Persona(rng)
    turns = tuple(who.turn(rng) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    # Any answer that says the name will do, whatever is around it.
    expect = {"contains": [who.name]} if who.name and who.name in turns[-1][1] and not turns[-1][1].startswith(("Yes", "No")) else None
    return Sample(turns, f"persona:{who.name.lower()}/{who.role}", who.system, who.copies(), expect, plain=False)
