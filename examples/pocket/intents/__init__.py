"""The families of samples, one idea a file, and how often each is drawn. A family is a function Random -> Sample."""

from collections.abc import Callable
from random import Random

from intents import arithmetic, chats, chinese, copying, facts, fallback, formats, greetings, personas, recall, stories
from sample import Sample

Family = Callable[[Random], Sample]

# How much more often the first shards draw these.
EARLY = {"drill": 3.0, "repeat": 4.0, "named": 2.0, "greet_someone": 3.0, "about_them": 3.0, "at_once": 2.0, "told": 1.5, "persona": 1.5, "one_word": 2.0, "pick": 2.0, "zh_copy": 2.0}

MIX: dict[str, tuple[Family, float]] = {
    "greeting": (greetings.greeting, 1.5), "named": (greetings.named, 3.0), "greet_someone": (greetings.greet_someone, 1.5), "small_talk": (greetings.small_talk, 1.5), "identity": (greetings.identity, 2.5),
    "persona": (personas.persona, 7.0),
    "sum": (arithmetic.total, 15.0), "drill": (arithmetic.drill, 9.0), "word_sum": (arithmetic.story_sum, 5.0), "neighbour": (arithmetic.neighbour, 6.0), "beyond": (arithmetic.beyond, 1.5),
    "term": (facts.term, 9.0), "purpose": (facts.purpose, 1.5), "lookup": (facts.lookup, 5.5),
    "story": (stories.story, 4.0),
    "yes_no": (formats.yes_no, 6.5), "one_word": (formats.one_word, 4.0), "number_only": (formats.number_only, 5.5), "json": (formats.json_object, 4.0), "listing": (formats.listing, 4.0),
    "repeat": (copying.repeat, 14.0), "pick": (copying.pick, 2.5), "about_them": (copying.about_them, 6.0),
    "at_once": (recall.at_once, 3.0), "told": (recall.told_and_asked, 5.0), "corrected": (recall.corrected, 2.0), "never_told": (recall.never_told, 4.0),
    "unknown": (fallback.unknown, 8.0),
    "remembering": (chats.remembering, 5.5), "mixed": (chats.mixed, 2.0), "in_character": (chats.in_character, 2.5), "long": (chats.long, 0.4),
    "zh_greeting": (chinese.greeting, 1.2), "zh_talk": (chinese.talk, 0.5), "zh_identity": (chinese.identity, 0.9), "zh_persona": (chinese.persona, 2.5), "zh_sum": (chinese.total, 5.0), "zh_fact": (chinese.fact, 4.0),
    "zh_story": (chinese.story, 0.8), "zh_copy": (chinese.copying, 4.0), "zh_told": (chinese.told, 3.0), "zh_unknown": (chinese.unknown, 2.5),
}
