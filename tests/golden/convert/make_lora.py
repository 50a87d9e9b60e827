"""Make the golden data of the adapters in lora/ with llama.cpp's own converter of adapters.

    python tests/golden/convert/make_lora.py LLAMA_CPP [NAME ...]

LLAMA_CPP: a folder with convert_lora_to_gguf.py, conversion/ and gguf-py/. Pinned as in make.py, whose format of tensors and metadata it
shares; nothing of the converter is patched.
"""

from __future__ import annotations

import json
import runpy
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main(llama_cpp: Path, names: list[str]) -> None:
    sys.path[:0] = [str(HERE.parents[2]), str(HERE), str(llama_cpp / "gguf-py"), str(llama_cpp)]
    from make import describe

    from tests.convert.adapters import ADAPTERS, make_adapter
    from tests.convert.folders import make_folder

    (HERE / "lora").mkdir(exist_ok=True)
    for name in names or [name for name, lora in ADAPTERS.items() if lora.converted]:
        with tempfile.TemporaryDirectory() as temporary:
            base = make_folder(Path(temporary), ADAPTERS[name].model)
            folder, output = make_adapter(Path(temporary), name), Path(temporary) / "out.gguf"
            sys.argv = ["convert_lora_to_gguf.py", str(folder), "--base", str(base), "--outfile", str(output), "--outtype", "f32"]
            runpy.run_path(str(llama_cpp / "convert_lora_to_gguf.py"), run_name="__main__")
            held = describe(output)
        (HERE / "lora" / f"{name}.json").write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(name, {key: len(value) for key, value in held.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
