"""Make the golden data of this folder with llama.cpp's own converter and with transformers.

    python tests/golden/convert/make.py LLAMA_CPP [NAME ...]

LLAMA_CPP: a folder with convert_hf_to_gguf.py, conversion/ and gguf-py/. NAME: which models; all of them without.

Pinned: llama.cpp as in vendor/llama.cpp of the sdist llama-cpp-python 0.3.36; torch 2.13.0 (CPU), transformers 5.23.0,
sentencepiece 0.2.3, numpy 2.4.6. Needs those, not jupyter_ollama; the tests need only the JSON files.

The one thing that is patched is the look-up of the pre-tokenizer: llama.cpp knows tokenizers by the ids they give to a text, and tiny ones
are unknown to it. Each file holds, for one folder of tests/convert/models/ and the type it is stored in:

    tensors     name, shape (ggml order), type, sha256 of the bytes
    metadata    key: [type, value]; long arrays as [type, {"items": count, "sha256": of their JSON}]
    logits      what transformers computes in F32 for some token ids: positions, and for each of them the logits of the whole
                vocabulary (float32, base64); of an encoder, the vectors of its last layer; of InternLM, which transformers does not
                read, what it computes with the same weights as a Llama (as_llama.py)
"""

from __future__ import annotations

import base64
import hashlib
import json
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

import as_llama

HERE = Path(__file__).parent
LONGEST = 16
N_IDS = 48
POSITIONS = [0, 24, 47]


def main(llama_cpp: Path, names: list[str]) -> None:
    sys.path[:0] = [str(HERE.parents[2]), str(llama_cpp / "gguf-py"), str(llama_cpp)]
    from tests.convert.folders import make_folder
    from tests.convert.models import FOLDERS
    from tests.convert.tokenizer_files import PRE

    with tempfile.TemporaryDirectory() as temporary:
        for name in names or FOLDERS:
            tiny = FOLDERS[name]
            folder = make_folder(Path(temporary), name)
            held: dict[str, Any] = {}
            if tiny.converted:
                output = Path(temporary) / f"{name}.gguf"
                convert(llama_cpp, folder, output, tiny.dtype.lower(), PRE.get(tiny.tokenizer, ""), raw=tiny.raw)
                held = describe(output)
            if tiny.reference:
                (folder / "config.json").write_text(json.dumps(tiny.reference), encoding="utf-8")
            if tiny.logits is not None:
                as_llama.rewrite(folder)
                held["logits"] = logits(folder, encoder=tiny.encoder)
            (HERE / f"{name}.json").write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(name, {key: len(value) for key, value in held.items()})


def convert(llama_cpp: Path, folder: Path, output: Path, type_name: str, pre: str, *, raw: bool) -> None:
    """Run the converter in this process with the pre-tokenizer given."""
    from conversion.base import ModelBase, TextModel

    usual = ModelBase.load_hparams
    TextModel.get_vocab_base_pre = lambda self, tokenizer: pre
    if raw:
        ModelBase.load_hparams = staticmethod(lambda path, _: json.loads((path / "config.json").read_text(encoding="utf-8")))
    sys.argv = ["convert_hf_to_gguf.py", str(folder), "--outfile", str(output), "--outtype", type_name, "--sentence-transformers-dense-modules"]
    try:
        runpy.run_path(str(llama_cpp / "convert_hf_to_gguf.py"), run_name="__main__")
    finally:
        ModelBase.load_hparams = staticmethod(usual)


def describe(path: Path) -> dict[str, Any]:
    """Names, shapes, types and digests of a GGUF file."""
    import gguf

    reader = gguf.GGUFReader(path)
    tensors = [
        {
            "name": tensor.name, "shape": [int(size) for size in tensor.shape], "type": tensor.tensor_type.name,
            "sha256": hashlib.sha256(tensor.data.tobytes()).hexdigest(),
        }
        for tensor in sorted(reader.tensors, key=lambda tensor: tensor.name)
    ]  # fmt: skip
    metadata = {
        key: ["/".join(kind.name for kind in field.types), shown(field.contents())]
        for key, field in sorted(reader.fields.items()) if not key.startswith("GGUF.")
    }  # fmt: skip
    return {"tensors": tensors, "metadata": metadata}


def logits(folder: Path, *, encoder: bool) -> dict[str, Any]:
    """What transformers computes."""
    import safetensors.numpy
    import torch
    import transformers

    kind = transformers.AutoModel if encoder else transformers.AutoModelForCausalLM
    model, report = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    later = f"model.layers.{model.config.get_text_config().num_hidden_layers}."  # a block for later tokens, which is not run
    unexpected = [name for name in report["unexpected_keys"] if not name.startswith(later)]
    assert not any((unexpected, report["missing_keys"], report["mismatched_keys"])), report
    size, first = model.config.get_text_config().vocab_size, 5 if encoder else 0  # padding would change the positions of what follows
    ids = [(7 * number * number + 3 * number + 11) % (size - first) + first for number in range(N_IDS)]
    with torch.no_grad():
        made = model.eval()(torch.tensor([ids]))
    found = (made.last_hidden_state if encoder else made.logits)[0, POSITIONS].contiguous().numpy()
    for path in sorted(folder.glob("*_Dense")):  # llama.cpp puts these behind every token when nothing is pooled
        found = found @ safetensors.numpy.load_file(path / "model.safetensors")["linear.weight"].T
    return {"ids": ids, "positions": POSITIONS, "values": base64.b64encode(found.tobytes()).decode()}


def shown(value: Any) -> Any:
    """A value as JSON; long arrays as their size and digest."""
    if not isinstance(value, list) or len(value) <= LONGEST:
        return value
    return {"items": len(value), "sha256": hashlib.sha256(json.dumps(value).encode()).hexdigest()}


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
