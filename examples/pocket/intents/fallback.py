"""Everything else: questions composed of many subjects, so that "I do not know" is learned as a kind of question, not as a list."""

from random import Random

from sample import UNKNOWN, Sample, ask
from words import english as en

SUBJECTS = """PyTorch;TensorFlow;CUDA;NumPy;pandas;ChatGPT;GPT-4;backpropagation;gradient descent;reinforcement learning;convolutions;diffusion models;VS Code;Excel;PowerPoint;bash;Go;Swift;YAML;XML;PDF files;photosynthesis;gravity;black holes;quantum physics;the Big Bang;evolution;DNA;vaccines;diabetes;headaches;blood pressure;the human heart;climate change;earthquakes;
volcanoes;hurricanes;the ozone layer;plate tectonics;dinosaurs;the Roman Empire;the French Revolution;World War II;the Cold War;the Renaissance;the pyramids;ancient Greece;
the Vikings;Napoleon;Shakespeare;Mozart;Beethoven;Einstein;Newton;Darwin;Cleopatra;Leonardo da Vinci;Picasso;van Gogh;the Beatles;Elvis;jazz;opera;hip hop;ballet;football;
cricket;rugby;the Olympics;the World Cup;baseball;golf;tennis rules;chess openings;poker;inflation;interest rates;the stock market;taxes;mortgages;insurance;bitcoin;blockchain;
economics;marketing;democracy;the United Nations;the European Union;elections;human rights;philosophy;Plato;Kant;ethics;psychology;Freud;meditation;yoga poses;nutrition;vitamins;
proteins;calories;sourdough;risotto;lasagne;sushi rolls;wine;coffee beans;green tea;beer brewing;gardening;compost;roses;tomato plants;bonsai;beekeeping;dog training;cat food;
aquariums;car engines;electric cars;bicycle gears;aeroplanes;rockets;the Moon landing;Mars missions;satellites;telescopes;lasers;magnets;electricity;batteries;solar panels;
nuclear power;wind turbines;steel;concrete;plastic;paper making;glass;diamonds;gold mining;oil;natural gas;C++;Rust;Java;JavaScript;HTML;CSS;SQL;Linux;Windows;Docker;Kubernetes;
Git;regular expressions;sorting algorithms;recursion;operating systems;compilers;databases;firewalls;encryption;viruses;the internet;Wi-Fi;Bluetooth;smartphones;video games;
Netflix;Hollywood;movies;television;photography;cameras;fashion;shoes;perfume;jewellery;weddings;funerals;Christmas;Easter;Ramadan;Buddhism;Christianity;Islam;Hinduism;mythology;
Zeus;Thor;poetry;novels;grammar;Latin;French verbs;German nouns;sign language;linguistics;calculus;algebra;geometry;trigonometry;probability;statistics;prime numbers;pi;infinity;
fractals;chemistry;the periodic table;oxygen;helium;acids;atoms;molecules;cells of the body;bacteria;fungi;the brain;memory;sleep;dreams;the liver;the kidneys;bones;muscles;skin;
teeth;eyes;allergies;the flu;cancer;antibiotics;surgery;first aid;pregnancy;babies;schools;universities;exams;job interviews;contracts;patents;copyright;the police;prisons;
passports;visas;airports;trains;hotels;cruises;beaches;deserts;rainforests;rivers;oceans;glaciers;mountains;caves;lightning;rainbows;tides;seasons;eclipses;comets;galaxies;
Jupiter;Saturn;Pluto;time travel;aliens;ghost hunting;astrology;horoscopes;tarot cards;magic tricks;origami;knitting patterns;carpentry;plumbing;painting walls;roofing;
whales;sharks;elephants;pandas;butterflies;ants;spiders;snakes;frogs;eagles;penguins;wolves;bears;mushrooms in the forest;oak trees;cacti;seaweed;corals;rice farming;
the economy;money;love;happiness;friendship;war;peace;freedom;justice;truth;beauty;time;space;life;death;art;music;science;history;politics;religion;law;medicine;sports;
architecture;engineering;physics;biology;geology;astronomy;sociology;anthropology;archaeology;the weather;traffic;recycling;pollution;poverty;hunger;migration""".replace("\n", "").split(";")

ABOUT = ["What is {x}?", "Explain {x}.", "Tell me about {x}.", "How does {x} work?", "What do you know about {x}?", "Can you explain {x}?", "Why is {x} important?", "Describe {x}.", "What do you think about {x}?", "Give me a fact about {x}.", "Where can I learn about {x}?", "What is the history of {x}?", "Who invented {x}?",
         "Write an essay about {x}.", "Give me tips on {x}.", "Is {x} dangerous?", "Do you like {x}?", "How can I understand {x}?", "What are the parts of {x}?", "How much does {x} cost?", "When did {x} begin?", "Who discovered {x}?", "Which book about {x} is good?", "I have a question about {x}.", "What is the best thing about {x}?",
         "How do I get better at {x}?", "What causes {x}?", "What are examples of {x}?", "Write a poem about {x}.", "Summarise {x} for me.", "Compare {x} and {y}.", "What is the difference between {x} and {y}?", "Which is better, {x} or {y}?", "Is {x} related to {y}?", "How did {x} change {y}?", "Can {x} help with {y}?", "Teach me {x}.",
         "Who is the most famous person in {x}?", "Where does {x} come from?", "Why do people like {x}?", "How long does {x} last?", "What is new in {x}?", "Tell me a joke about {x}.", "What are the rules of {x}?", "How was {x} made?", "what's the deal with {x}?", "define {x}", "{x}?", "Do you know anything about {x}?", "Help me with {x}."]

WHO = ["president", "king", "queen", "prime minister", "mayor", "inventor", "author", "director", "owner", "founder", "winner", "champion", "leader", "first ruler", "composer", "discoverer", "boss", "captain", "coach", "manager"]
MEASURES = ["population", "area", "height", "weight", "price", "age", "length", "depth", "speed", "temperature", "currency", "flag", "language", "history", "climate", "religion", "phone number", "address", "size", "national dish", "anthem", "density", "colour", "taste", "value", "shape", "origin", "purpose", "chemical formula", "boiling point"]
WORKS = ["book", "novel", "song", "film", "movie", "painting", "opera", "poem", "play", "game", "album", "series", "statue", "company", "website", "theory"]
VERBS = """repair build cook bake clean paint sell buy grow fix install draw plant wash cut open close move lift train catch boil fry freeze measure design decorate photograph
wrap fold carry store charge replace remove polish cure feed hunt find hide translate program debug compile print scan send download upload delete format""".split()
ACTIONS = ["learn Spanish", "lose weight", "fall asleep", "stop smoking", "get rich", "write a book", "find a job", "buy a house", "drive a car", "play the guitar", "speak in public", "make friends", "save money", "tie a tie", "swim", "ride a horse", "invest my savings", "pass the exam", "start a company", "travel to India",
           "make pancakes", "get a visa", "cure a cold", "remove a stain", "change a tyre", "renew my passport", "fly a plane", "train for a marathon", "meditate", "bake bread", "cook an egg", "sleep better", "run faster", "build muscle", "dance salsa", "fix my bike", "wash wool", "write a letter to my boss", "sing better", "grow tomatoes"]
WHEN = ["today", "tomorrow", "now", "this week", "next year", "on Monday", "at the weekend", "in the morning", "in summer", "right now", "last year", "in 1990", "in 2010", "in 1850", "this evening"]
ODD = ["What is the weather {w}?", "Will it rain {w}?", "What is the news {w}?", "What time is it?", "What day is it {w}?", "Who won the game {w}?", "What is happening {w} in {p}?", "How do I get to {p}?", "How far is {p} from {q}?", "Is {p} bigger than {q}?", "What can I see in {p}?", "Where is {p}?", "Which hotel in {p} is good?",
       "When does the train to {p} leave?", "How many people live in {p}?", "What do people eat in {p}?", "Book a flight to {p}.", "Call {n}.", "Send an email to {n}.", "Where is {n} {w}?", "How old is {n}?", "What did {n} say {w}?", "Is {n} married?", "Do you love me?", "What should I wear {w}?", "What should I cook {w}?", "Who will win {w}?",
       "Play some music.", "Open the door.", "Turn off the light.", "Set an alarm for {w}.", "What is the meaning of life?", "Can you see me?", "What am I thinking?", "How tall is {n}?", "When was {n} born?", "What is the best restaurant in {p}?", "Is there life on Mars?", "Why is the sea salty?", "Why do cats purr?", "How many stars are there?",
       "How heavy is {a}?", "How long does {a} live?", "What does {a} eat?", "Where does {a} live?", "How fast is {a}?", "Why does {a} sleep?", "Can {a} swim?", "How many teeth does {a} have?", "Who was the first person to see {a}?", "Is it legal to keep {a}?", "How is {t} made?", "Where can I buy {t}?", "How much does {t} cost?", "Who invented {t}?",
       "What is {t} made of?", "How heavy is {t}?", "Why do we need {t}?", "When was {t} invented?", "How do I repair {t}?", "Which {s} is the best?", "What happened {w} in {p}?", "Who lives in {p}?", "What is {n}'s favourite {s}?", "Why did {n} go to {p}?", "What language do they speak in {p}?", "Recommend a {s} to me.", "What is the cheapest {s}?"]
NOUNS = """bridge tower mountain river lake island city country planet star engine phone laptop car truck ship plane rocket building church school hospital museum stadium bank
shop market farm factory mine desert forest ocean beach airport station road tunnel castle palace temple statue painting violin guitar piano drum trumpet flute camera clock
watch ring necklace dress shirt coat hat shoe boot bag table chair bed lamp oven fridge kettle knife fork plate cup glass bottle bread cheese butter egg meat fish rice soup""".split()


def subject(rng: Random) -> str:
    """A listed subject, a noun with an adjective, or an invented word."""
    roll = rng.random()
    if roll < 0.55:
        return rng.choice(SUBJECTS)
    if roll < 0.72:
        return f"{rng.choice(['the', 'a', 'my', 'our'])} {rng.choice(en.ADJECTIVES)} {rng.choice(NOUNS)}"
    if roll < 0.85:
        return rng.choice(["the ", "a ", "", ""]) + en.invented(rng)
    return f"{rng.choice(NOUNS)} {rng.choice(['design', 'repair', 'history', 'prices', 'theory', 'law', 'science', 'culture', 'engineering', 'safety', 'sizes', 'tax'])}"


def question(rng: Random) -> str:
    """A question that no family of Pocket answers."""
    roll = rng.random()
    if roll < 0.40:
        x, y = subject(rng), subject(rng)
        return rng.choice(ABOUT).format(x=x, y=y)
    if roll < 0.50:
        of = rng.choice([rng.choice(en.PLACES), "the " + rng.choice(NOUNS), en.person(rng), rng.choice(SUBJECTS), en.invented(rng).capitalize()])
        return rng.choice(["Who is the {a} of {o}?", "Who was the {a} of {o}?", "Do you know the {a} of {o}?", "Name the {a} of {o}.", "Tell me the {a} of {o}.", "Who became the {a} of {o} {w}?"]).format(a=rng.choice(WHO), o=of, w=rng.choice(WHEN))
    if roll < 0.60:
        of = rng.choice([rng.choice(en.PLACES), "the " + rng.choice(NOUNS), rng.choice(SUBJECTS), en.article(rng.choice(en.ANIMALS)), en.article(rng.choice(NOUNS)), en.invented(rng).capitalize()])
        measure = rng.choice([m for m in MEASURES if m != "colour" or "leaf" not in of])
        return rng.choice(["What is the {m} of {o}?", "What's the {m} of {o}?", "Tell me the {m} of {o}.", "Do you know the {m} of {o}?", "{m} of {o}?", "I need the {m} of {o}."]).format(m=measure, o=of)
    if roll < 0.68:
        return rng.choice(["Who wrote the {k} {t}?", "Who made the {k} {t}?", "What is the {k} {t} about?", "When was the {k} {t} published?", "Who directed the {k} {t}?", "Do you like the {k} {t}?"]).format(k=rng.choice(WORKS), t=rng.choice(["", "The ", "My "]) + " ".join(word.capitalize() for word in en.some_words(rng, 1, 3)))
    if roll < 0.80:
        if rng.random() < 0.5:
            act = f"{rng.choice(VERBS)} {rng.choice(['a', 'the', 'my', 'an old'])} {rng.choice(NOUNS)}"
        else:
            act = rng.choice(ACTIONS)
        return rng.choice(["How do I {v}?", "How can I {v}?", "How to {v}?", "Can you teach me to {v}?", "What do I need to {v}?", "What is the best way to {v}?", "How long does it take to {v}?", "Should I {v}?", "Where can I {v}?", "I want to {v}. What should I do?", "Why should I {v}?", "Can you {v}?", "Is it hard to {v}?", "When is it time to {v}?",
                           "Please {v}.", "Help me {v}.", "Do I need help to {v}?"]).format(v=act)
    p, q = rng.sample(en.PLACES, 2)
    return rng.choice(ODD).format(w=rng.choice(WHEN), p=p, q=q, n=en.person(rng), a=en.article(rng.choice(en.ANIMALS)), t=en.article(rng.choice(NOUNS)), s=rng.choice([*NOUNS, *WORKS]))


def unknown(rng: Random) -> Sample:
    """A question beyond Pocket, and the one honest answer."""
    text = rng.choice(["", "", "", "", "", "Please tell me: ", "Hi! ", "Hey, ", "Hello, ", "One question: ", "I wonder: ", "Sorry, ", "Ok. "]) + question(rng)
    return ask(text, UNKNOWN, "unknown:" + text)
