"""English words: names, roles, creatures, things, places; and composed ones, so that a model must learn to copy."""

from random import Random

NAMES = """Anna Ben Clara David Emma Felix Grace Henry Ida Jack Kate Leo Mia Noah Olivia Paul Quinn Rosa Sam Tina Uma Victor
Wendy Xavier Yara Zoe Alice Bob Carol Dan Eve Frank Gina Hugo Iris James Karen Liam Maria Nina Oscar Peter Rita Simon
Tom Ursula Vera Will Yusuf Zara Ahmed Bruno Chloe Diego Elena Fatima Giorgio Hanna Ivan Jana Kofi Lucia Marco Nadia Omar
Priya Ravi Sofia Tariq Ulrich Viola Wanda Yuki Zeno Aisha Boris Carla Dmitri Elsa Finn Greta Hassan Ingrid Jonas Kira
Lars Mateo Nora Otto Pia Ruben Selma Theo Uwe Vince Willa Yan Alma Basil Celia Dora Edgar Flora Gus Hilda Igor Julia
Kurt Lena Max Nell Opal Percy Ralph Stella Toby Violet Walter Amir Bella Cyrus Daphne Ethan Fiona George Hazel Isaac
Jenny Kevin Laura Martin Natalie Oliver Penny Robert Sarah Thomas Vanessa William Mario Luigi Peach Robin Sasha Tara
Mila Jasper Ruby Axel Lily Milo Nico Poppy Rufus Sunny Pablo Akira Mei Kenji Chen Lin Ming Li Wei Ana Eva Ada Alan Grace
Linus Guido Margaret Claude Edith Agnes Cleo Dexter Enzo Gloria Harvey Irma Joel Kim Luna Moses Nelly Orla Pepe Remy""".split()

ONSETS = "b c d f g h j k l m n p r s t v w z br ch cr dr fl gr kl pl qu sh sk sl st th tr bl sn y".split()
VOWELS = "a e i o u a e i o ai ee ia oo ou y".split()
CODAS = ["", "", "", "", "n", "r", "l", "s", "x", "th", "nd", "rk", "m", "t", "ck", "ll", "na", "dle", "by"]

ROLES = """pirate robot teacher doctor chef wizard knight farmer gardener detective captain sailor astronaut baker
librarian painter musician singer dancer nurse pilot driver scientist poet writer king queen prince princess dragon
ghost vampire witch ninja samurai cowboy clown magician monk merchant blacksmith tailor carpenter plumber electrician
engineer programmer lawyer judge coach butler waiter barber shepherd fisherman hunter miner explorer inventor tutor
guide guard soldier spy thief elf dwarf giant fairy mermaid alien cat dog owl parrot wolf bear fox lion turtle penguin
philosopher historian mathematician translator assistant companion storyteller photographer mechanic postman fireman
policeman beekeeper sheriff hacker archer bard druid goblin troll oracle genie snowman scarecrow mummy sorcerer
accountant architect dentist grandmother grandfather uncle student professor comedian""".split()

WORKERS = "maker seller keeper collector painter hunter teacher expert doctor inspector cleaner designer fixer thief guard rider tamer critic".split()

ADJECTIVES = """friendly grumpy old young tiny huge brave shy clever lazy cheerful sleepy wise funny polite rude kind
strict gentle curious helpful noble famous lonely happy sad angry calm proud humble quiet loud quick slow silly serious
mysterious magical royal rusty golden red blue green purple silver dusty hungry lucky nervous patient sarcastic retired
space medieval modern robotic invisible fearless playful elegant forgetful""".split()

PLACES = """Rome Oslo Cairo Lima Kyoto Prague Dublin Havana Naples Geneva Boston Toronto Sydney Mumbai Nairobi Lisbon
Vienna Athens Seoul Hanoi Warsaw Helsinki Zurich Munich Hamburg Venice Florence Seville Bristol Glasgow Chicago Denver
Austin Portland Seattle Quebec Bogota Quito Dakar Accra Tunis Delhi Manila Osaka Busan Shanghai Perth Auckland Utrecht
Ghent Bergen Malmo Turin Lyon Nice Porto Malaga Krakow Riga Tallinn Vilnius Sofia Bucharest Budapest""".split()

WORLDS = ["Super Mario Bros.", "Super Mario Bros", "Star Wars", "Sherlock Holmes", "Alice in Wonderland", "Peter Pan",
          "the North Pole", "the Moon", "Mars", "the deep sea", "the Wild West", "a small village", "the jungle", "the future",
          "the castle", "Treasure Island", "the Middle Ages", "the desert", "the dark forest", "the circus", "the planet Vega",
          "the Silver City", "Robin Hood", "the Land of Oz", "The Legend of Zelda", "Star Trek", "Frozen", "Toy Story", "Pokemon", "Minecraft"]

ANIMALS = """cat dog fox bear owl rabbit mouse lion tiger wolf horse cow pig sheep goat duck hen frog turtle snake
elephant monkey penguin parrot eagle whale dolphin shark bee ant spider crab hedgehog squirrel deer donkey camel zebra
giraffe kangaroo koala panda otter seal swan crow hamster lizard dragon unicorn""".split()

HEROES = [*ANIMALS, *"robot knight princess pirate wizard farmer girl boy king queen baker sailor giant ghost teacher painter astronaut witch elf snowman".split()]

THINGS = """lantern key map book boat bell mirror kite drum stone ring hat coat shoe box basket bottle candle clock
umbrella ladder bridge tower castle garden tree flower apple pear cake cookie cup spoon table chair door window lamp
pillow blanket ball doll train car bicycle balloon flute violin piano pencil letter stamp coin crown sword shield rope
wheel cloud star moon river lake island mountain cave feather egg shell pumpkin carrot mushroom acorn nut computer
notebook telescope compass treasure potion broom""".split()

FRUITS = "apple banana cherry orange pear plum grape lemon mango peach melon kiwi strawberry".split()
COLOURS = "red blue green yellow black white brown pink purple orange grey silver gold turquoise violet".split()
FOODS = """pizza pasta soup rice bread cheese salad sushi curry noodles pancakes chocolate cake tacos burgers
fish apples dumplings waffles honey mushrooms potatoes yoghurt popcorn lasagna porridge tofu olives""".split()
HOBBIES = """chess football tennis swimming reading painting cooking singing dancing hiking fishing cycling running
gardening knitting skiing sailing drawing sewing climbing photography surfing yoga origami pottery""".split()
PETS = "dog cat rabbit hamster parrot turtle goldfish pony mouse snake bird puppy kitten lizard duck horse".split()
KIN = "sister brother friend mother father teacher son daughter neighbour boss aunt uncle cousin wife husband".split()
PLAIN = """the a my our some every blue old small green quick and or with under over near walks sees finds likes opens
carries brings today tomorrow always never slowly again good warm cold bright round open empty full new many seven two ten""".split()

NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty""".split()


def spliced(rng: Random) -> str:
    """The start of one listed word and the end of another: looks like a word, cuts into tokens like one."""
    one, two = (rng.choice(rng.choice((NAMES, ROLES, PLACES, THINGS, ANIMALS, ADJECTIVES, FOODS, HOBBIES))).lower() for _ in range(2))
    return one[: rng.randint(2, max(2, len(one) - 1))] + two[rng.randint(1, max(1, len(two) - 2)):]


def invented(rng: Random, syllables: int = 0) -> str:
    """A word that is in no list, lower case."""
    if rng.random() < 0.6:
        word = spliced(rng)
        return word + spliced(rng)[: rng.randint(2, 6)] if rng.random() < 0.2 else word
    count = syllables or rng.choice((2, 2, 3, 3, 4))
    return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(count)) + rng.choice(CODAS)


def person(rng: Random) -> str:
    """A name: listed, invented, double, or typed without its capital."""
    name = rng.choice(NAMES) if rng.random() < 0.6 else invented(rng).capitalize()
    if rng.random() < 0.06:
        name = f"{name} {rng.choice(NAMES) if rng.random() < 0.5 else invented(rng).capitalize()}"
    return name.lower() if rng.random() < 0.12 else name


def role(rng: Random) -> str:
    """A noun phrase without article: "pirate", "lantern keeper", "friendly old robot"."""
    roll = rng.random()
    noun = rng.choice(ROLES)
    if roll > 0.85:
        noun = f"{rng.choice(THINGS)} {rng.choice(WORKERS)}"
    elif roll > 0.70:
        noun = invented(rng, 2)
    adjectives = rng.choice((0, 0, 1, 1, 1, 2))
    return " ".join([*rng.sample(ADJECTIVES, adjectives), noun])


def article(phrase: str) -> str:
    """The phrase with "a" or "an"."""
    return ("an " if phrase[0].lower() in "aeiou" else "a ") + phrase


def some_words(rng: Random, low: int, high: int) -> list[str]:
    """Unrelated words, for copying."""
    pools = (PLAIN, PLAIN, THINGS, ANIMALS, NAMES, COLOURS, ROLES, FOODS)
    return [invented(rng) if rng.random() < 0.15 else rng.choice(rng.choice(pools)) for _ in range(rng.randint(low, high))]
