"""The child that makes model files: `main` does one job.

job                one job from the kernel's request to its answer
targets            which type each tensor gets
choices            types that the user chose, checked
importance         an importance matrix beside its tensors
direct, rows       one pass: read, convert or quantize in blocks on threads, write in order
two_step           the way round, with llama.cpp's own quantizer
arriving, arrivals one pass over a source that is not there yet; journal: going on with it after a crash
copying            a GGUF file as it is
rewriting          the same weights under another header: shards put together
output             the file that is written and hashed; a disk that is full
writeback          how the file gets to the disk; allocation: how the process gets memory
verify             the last look at a finished file
selftest           whether the direct way is open with the installed llama.cpp
ggml               ggml's functions for rows of weights
library_quantize   llama.cpp's quantizer: its dry run and itself; library_log reads what it says
progress           progress frames, ten a second
scratch            nameless files
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....on_demand import on_demand

if TYPE_CHECKING:
    from .job import main

__all__ = ["main"]

__getattr__ = on_demand(__name__, {"main": ".job"})
