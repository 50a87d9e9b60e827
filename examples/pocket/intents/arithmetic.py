"""Plus and minus with numbers from 0 to 20, in symbols and words, small word problems, neighbours and comparison."""

from random import Random

from sample import UNKNOWN, Sample, ask, held_out
from words import english as en

PLUS = ["{a} + {b}", "{a}+{b}", "{a} plus {b}", "{a} and {b}", "the sum of {a} and {b}", "{a} added to {b}"]
MINUS = ["{a} - {b}", "{a}-{b}", "{a} minus {b}", "{a} take away {b}", "{a} less {b}"]
FRAMES = ["What is {e}?", "What's {e}?", "{e}", "{e} = ?", "{e}=", "{e} =", "Calculate {e}.", "Compute {e}.", "How much is {e}?", "Can you tell me {e}?", "Tell me {e}.", "Please work out {e}.", "What does {e} make?", "What do you get for {e}?",
          "Solve {e}.", "I need the result of {e}.", "Do you know {e}?", "{e} equals", "{e} makes what?", "How many is {e}?", "What is the result of {e}?", "{e} please", "Quick: {e}?", "If I do {e}, what do I get?", "And {e}?", "now {e}", "What about {e}?",
          "{e} is what?", "evaluate {e}", "Give me the answer to {e}.", "work out {e} for me", "help me with {e}", "my homework says {e}", "I have to know what {e} is.", "I would like to know {e}.", "What would {e} be?", "The result of {e}?", "do {e}", "how much does {e} give", "{e}, how much is that?", "I need {e}", "say what {e} is", "{e} gives?"]
ADD = ["Add {a} and {b}.", "Add {b} to {a}.", "add {a} to {b}", "Sum {a} and {b}", "Please add {a} and {b}.", "Can you add {a} and {b}?", "What do you get if you add {b} to {a}?", "increase {a} by {b}", "What is {b} more than {a}?", "put {a} and {b} together"]
SUBTRACT = ["Subtract {b} from {a}.", "Take {b} from {a}.", "take {b} away from {a}", "What is {a} if you take away {b}?", "Can you subtract {b} from {a}?", "What is left if you take {b} from {a}?", "What is {b} less than {a}?",
            "What is the difference between {a} and {b}?", "decrease {a} by {b}", "remove {b} from {a}"]


def spoken(rng: Random, a: int, b: int) -> tuple[str, str]:
    """Both numbers as digits, or both as words."""
    return (en.NUMBER_WORDS[a], en.NUMBER_WORDS[b]) if rng.random() < 0.25 else (str(a), str(b))


def total(rng: Random) -> Sample:
    """One sum or difference; the answer always shows the sum in digits."""
    a, b = rng.randint(0, 20), rng.randint(0, 20)
    plus = rng.random() < 0.5
    if rng.random() < 0.75:
        frame = rng.choice(FRAMES).replace("{e}", rng.choice(PLUS if plus else MINUS))
    else:
        frame = rng.choice(ADD if plus else SUBTRACT)
    if "difference" in frame:
        a, b = max(a, b), min(a, b)
    # Both orders of a sum share a key: otherwise 5 + 7 would teach a held-out 7 + 5.
    key = f"sum:{min(a, b)}+{max(a, b)}" if plus else f"sum:{a}-{b}"
    x, y = spoken(rng, a, b)
    question = frame.format(a=x, b=y)
    if plus and frame.index("{b}") < frame.index("{a}"):
        a, b = b, a
    sign, result = ("+", a + b) if plus else ("-", a - b)
    return ask(question, f"{a} {sign} {b} = {result}.", key, str(a), str(b), expect={"number": result})


def drill(rng: Random) -> Sample:
    """Several short sums in one message, each answered in turn: little else but results.

    The numbers often go beyond the 20 that Pocket is asked for: what it cannot learn by heart it has to work out.
    """
    asked, solved, keys = [], [], []
    largest = rng.choice((20, 30))
    for _ in range(rng.choice((2, 3, 4, 6, 8))):
        a, b = rng.randint(0, largest), rng.randint(0, largest)
        while True:
            plus = rng.random() < 0.5
            key = f"sum:{min(a, b)}+{max(a, b)}" if plus else f"sum:{a}-{b}"
            if not held_out(key):
                break
            a, b = rng.randint(0, largest), rng.randint(0, largest)
        x, y = spoken(rng, a, b) if max(a, b) <= 20 else (str(a), str(b))
        asked.append(rng.choice(PLUS[:3] if plus else MINUS[:3]).format(a=x, b=y))
        solved.append(f"{a} + {b} = {a + b}." if plus else f"{a} - {b} = {a - b}.")
        keys.append(key)
    frame = rng.choice(["{t}", "{t}", "{t}?", "Calculate: {t}", "Solve these: {t}", "What are {t}?", "{t} please", "Work out {t}."])
    copies = (word for text in asked for word in text.split())
    return ask(frame.format(t=rng.choice([", ", ", ", "; ", " and "]).join(asked)), " ".join(solved), "\n".join(keys), *copies, expect={"number": int(solved[-1].split()[-1].rstrip("."))})


def story_sum(rng: Random) -> Sample:
    """A word problem: someone has things and gets or loses some."""
    a, b = rng.randint(1, 12), rng.randint(1, 8)
    who = rng.choice(["I", "I", en.person(rng)])
    has, he = ("have", "I") if who == "I" else ("has", who)
    thing = rng.choice([t + "s" for t in en.THINGS if t[-1] not in "shxf"] + [f + "s" for f in en.FRUITS if f[-1] not in "yh"])
    more = rng.random() < 0.5
    s = "" if who == "I" else "s"
    if more:
        change = rng.choice([f"get{s} {b} more", f"buy{s} {b} more", f"find{s} {b} {thing}", f"get{s} {b}", f"receive{s} {b} {thing} as a gift"])
    else:
        a, b = max(a, b), min(a, b)
        change = rng.choice([f"lose{s} {b}", f"give{s} away {b}", f"eat{s} {b}", f"sell{s} {b} of them", f"give{s} {b} to a friend"])
    ask_how = rng.choice([f"How many {thing} {'do' if who == 'I' else 'does'} {he} have now?", f"How many {thing} are left?" if not more else f"How many {thing} is that?", f"How many {thing} {'do' if who == 'I' else 'does'} {he} have?", "How many now?"])
    result = a + b if more else a - b
    you, have = ("You", "have") if who == "I" else (who, "has")
    question = f"{who} {has} {a} {thing}{rng.choice([' and ', '. Then ' , ', then '])}{he if rng.random() < 0.3 else ''} ".rstrip() + f" {change}. {ask_how}"
    return ask(question, f"{a} {'+' if more else '-'} {b} = {result}. {you} {have} {result} {thing}.", f"wordsum:{a}{more}{b}", str(a), str(b), thing, who, expect={"number": result})


def neighbour(rng: Random) -> Sample:
    """What comes after or before a number; which of two is bigger."""
    a, b = rng.sample(range(21), 2)
    kind = rng.randrange(4)
    if kind == 0:
        return ask(rng.choice(["What comes after {a}?", "Which number comes after {a}?", "What number follows {a}?", "next number after {a}", "Say the number after {a}."]).format(a=a), f"{a + 1} comes after {a}.", f"after:{a}", str(a))
    if kind == 1 and a > 0:
        return ask(rng.choice(["What comes before {a}?", "Which number comes before {a}?", "number before {a}", "Say the number before {a}."]).format(a=a), f"{a - 1} comes before {a}.", f"before:{a}", str(a))
    if kind == 2:
        return ask(rng.choice(["Which is smaller, {a} or {b}?", "What is less, {a} or {b}?", "Which number is smaller: {a} or {b}?", "smaller: {a} or {b}?"]).format(a=a, b=b), f"{min(a, b)} is smaller.", f"less:{a},{b}", str(a), str(b))
    return ask(rng.choice(["Which is bigger, {a} or {b}?", "What is more, {a} or {b}?", "Which number is larger: {a} or {b}?", "Is {a} or {b} bigger?", "which is greater, {a} or {b}", "bigger: {a} or {b}?"]).format(a=a, b=b), f"{max(a, b)} is bigger.", f"more:{a},{b}", str(a), str(b))


def beyond(rng: Random) -> Sample:
    """Sums that Pocket never learned: it says so."""
    a, b = rng.randint(0, 20), rng.choice([rng.randint(31, 99), rng.randint(100, 999), rng.randint(1000, 99999)])
    if rng.random() < 0.5:
        a = rng.choice([rng.randint(31, 99), rng.randint(100, 999)])
    expression = rng.choice(["{a} + {b}", "{b} - {a}", "{b} minus {a}", "{a} plus {b}"])
    if rng.random() < 0.5:
        a, b = rng.randint(2, 20), rng.randint(2, 99)
        expression = rng.choice(["{a} * {b}", "{a} times {b}", "{a} x {b}", "{b} divided by {a}", "{b} / {a}", "{a} multiplied by {b}", "the square root of {b}", "{a} squared", "{a} percent of {b}", "{a} to the power of {b}", "the product of {a} and {b}"])
    return ask(rng.choice(FRAMES[:20]).format(e=expression.format(a=a, b=b)), UNKNOWN, f"beyond:{a},{b}")
