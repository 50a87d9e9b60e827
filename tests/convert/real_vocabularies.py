"""The real vocabularies beside llama.cpp's sources, taken through our conversion: do they still split text as llama.cpp says they do?

    bash tests/vocabularies.sh
    python -m tests.convert.real_vocabularies build/vocabularies/VERSION

prints a line for each; test_real_vocabularies.py asserts the same. They are other people's files and large, so the repository does not hold them.

Each ggml-vocab-NAME.gguf becomes tokenizer files as Hugging Face has them, these become GGUF keys again by our code, and llama.cpp with those
has to give the ids of NAME.gguf.out to the texts of NAME.gguf.inp. Said beside it: whether tokenizer.json gives the same ids with the
`tokenizers` package, which pre-tokenizer was found by the steps, and which by the ids.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import TokenType

from jupyter_ollama.convert import ids_of
from jupyter_ollama.convert.arch.llama import LLAMA
from jupyter_ollama.convert.config import ConfigView
from jupyter_ollama.convert.folder import Folder
from jupyter_ollama.convert.tokenizer import read_tokenizer
from jupyter_ollama.convert.tokenizer.behaviour import as_json
from jupyter_ollama.convert.tokenizer.known_ids import TEXT, name_of
from jupyter_ollama.convert.tokenizer.pretokenizer import KNOWN
from jupyter_ollama.convert.views import VIEWS
from jupyter_ollama.gguf import Array, read_index
from jupyter_ollama.gguf.plan import Plan
from jupyter_ollama.gguf.values import text

from ..weights import write_gguf
from .test_tokenization import of_models
from .tiny_encoders import around_text, wordpiece_json
from .tiny_tokenizers import _plain, sentencepiece_bytes

SPECIAL = (TokenType.CONTROL, TokenType.USER_DEFINED)
SAME_STEPS = {"command-r": "starcoder", "refact": "starcoder", "mpt": "gpt-2", "olmo": "gpt-2", "phi-2": "gpt-2"}
"""Pre-tokenizers with the steps of another one."""


def main(models: Path) -> int:
    wrong = 0
    for path in sorted(models.glob("ggml-vocab-*.gguf")):
        name = path.stem.removeprefix("ggml-vocab-")
        if not path.with_name(f"{path.name}.out").is_file():
            continue
        with tempfile.TemporaryDirectory() as temporary:
            print(f"{name:16}", end=" ", flush=True)
            try:
                wrong += len(check(path, Path(temporary)).wrong)
            except NotImplementedError as error:
                print(error)
    return 1 if wrong else 0


@dataclass(frozen=True)
class Checked:
    """What became of a vocabulary: texts with other ids, and the pre-tokenizer by its steps and by ids."""

    wrong: list[str]
    by_steps: str
    by_ids: str | None


def check(path: Path, room: Path) -> Checked:
    """Print what became of one vocabulary."""
    texts = path.with_name(f"{path.name}.inp").read_text(encoding="utf-8").split("\n__ggml_vocab_test__\n")
    lines = path.with_name(f"{path.name}.out").read_text(encoding="utf-8").split("\n")[: len(texts)]
    expected = [[int(number) for number in line.split()] for line in lines]
    metadata = {key: held.value for key, held in read_index(path).metadata.typed.items()}
    files = rebuilt(metadata)
    for file, held in files.items():
        (room / file).write_bytes(held if isinstance(held, bytes) else json.dumps(held).encode())
    size = len(metadata["tokenizer.ggml.tokens"])
    keys = read_tokenizer(Folder(room), ConfigView({"vocab_size": size}, room / "config.json", {}, VIEWS), LLAMA).keys
    model = write_gguf(Plan({"general.architecture": text("llama"), **keys}, (), "F16", 0), room / "model.gguf")
    [found] = of_models([model], texts, "--plain")
    ours = [text for text, one, two in zip(texts, found or [], expected, strict=True) if one != two]
    theirs = ids_of(room, texts, special=False)
    original = "no tokenizer.json" if theirs is None else f"{sum(a == b for a, b in zip(theirs, expected, strict=True))}/{len(texts)} by tokenizers"
    ids = ids_of(room, [TEXT], special=True)
    made = Checked(ours, keys["tokenizer.ggml.pre"].value, name_of(ids[0]) if ids else None)
    names = f"{metadata.get('tokenizer.ggml.pre')} -> {made.by_steps}, by ids {made.by_ids}"
    print(f"{len(texts) - len(ours)}/{len(texts)} by llama.cpp, {original}; {names}", *(ascii(text[:60]) for text in ours[:3]))
    return made


def rebuilt(metadata: dict[str, Any]) -> dict[str, Any]:
    """Tokenizer files as Hugging Face has them."""
    tokens = list(metadata["tokenizer.ggml.tokens"])
    kinds = list(metadata["tokenizer.ggml.token_type"])
    kind = metadata["tokenizer.ggml.model"]
    added = [{"id": number, "content": token, **_plain(special=kinds[number] == TokenType.CONTROL)} for number, token in enumerate(tokens)
             if kinds[number] in SPECIAL]  # fmt: skip
    config = {f"{name}_token": tokens[number] for name, key in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"))
              if (number := metadata.get(f"tokenizer.ggml.{key}_token_id")) is not None and number < len(tokens)}  # fmt: skip
    if kind == "gpt2":
        return {"tokenizer.json": byte_level(metadata, tokens, kinds, added), "tokenizer_config.json": config}
    if kind == "llama":
        scores: Array = metadata["tokenizer.ggml.scores"]
        normal = {int(TokenType.USER_DEFINED): 4}
        pieces = [(token, score, normal.get(number, number)) for token, score, number in zip(tokens, scores, kinds, strict=True)]
        named = {str(entry["id"]): entry for entry in added}
        space = metadata.get("tokenizer.ggml.add_space_prefix", True)
        return {"tokenizer.model": sentencepiece_bytes(pieces, prefix=space), "tokenizer_config.json": {**config, "added_tokens_decoder": named}}
    if kind == "bert":
        whole = [token if kinds[number] in SPECIAL else token[1:] if token.startswith("\u2581") else f"##{token}" for number, token in enumerate(tokens)]
        held = wordpiece_json()
        held["model"]["vocab"] = {token: number for number, token in enumerate(whole)}
        held["added_tokens"] = added
        held["post_processor"] = around_text("[CLS]", whole.index("[CLS]"), "[SEP]", whole.index("[SEP]"))
        return {"tokenizer.json": held, "tokenizer_config.json": config}
    raise NotImplementedError(f"{kind} is not rebuilt here")


def byte_level(metadata: dict[str, Any], tokens: list[str], kinds: list[int], added: list[dict[str, Any]]) -> dict[str, Any]:
    """tokenizer.json of a byte-level tokenizer, with the steps that belong to the name of its pre-tokenizer."""
    pre = metadata["tokenizer.ggml.pre"]
    wanted = SAME_STEPS.get(pre, pre)
    found = [(steps, names[1] == wanted) for steps, names in KNOWN.items() if wanted in names]
    if not found:
        raise NotImplementedError(f"the steps of {pre} are not known")
    [(steps, whole_words)] = found
    decoder = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "version": "1.0", "added_tokens": added, "normalizer": None, "post_processor": None, "decoder": decoder, "pre_tokenizer": as_json(steps),
        "model": {
            "type": "BPE", "ignore_merges": whole_words, "merges": list(metadata["tokenizer.ggml.merges"]),
            "vocab": {token: number for number, token in enumerate(tokens) if kinds[number] not in (*SPECIAL, TokenType.UNUSED)},
        },
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
