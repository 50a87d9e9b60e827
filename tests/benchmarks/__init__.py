"""Benchmarks: ratios against a reference that is measured in the same run."""

import os

os.environ["JUPYTER_OLLAMA_RUNTIME_DIR"] = ""  # runners of their own: neither the user's, nor any that stay
