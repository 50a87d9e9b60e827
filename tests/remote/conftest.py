"""Models to make others from."""

from ..weights import tiny_folder_once, tiny_gguf_once  # noqa: F401 (fixtures)
