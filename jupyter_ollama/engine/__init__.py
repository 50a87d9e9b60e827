"""Running and building models. Native code lives in child processes (``worker/``); the rest runs in the kernel and imports none of it.

protocol.py   what an engine is: the Protocol, and the values that go with it
setup.py      what holds for all engines of an Ollama
frames.py     messages over any byte stream
link.py       one connection: requests and what comes back (autopsy.py: how the other side died, watch.py: whether it hangs)
process.py    a link to a child over pipes: start it, end it
attach.py     a link to a runner over a socket, which other kernels use as well
record.py     what is known about a runner, by all who can use it
roster.py     which runners there are, of this process or of all kernels of the user (locks.py: one decides at a time)
runner.py     one runner as a kernel sees it, and the Engine that it lends out
budget.py     what a model will take of the memory (memory.py: how much is left), and what to do where that is too much
scheduler.py  Engines: what is loaded, made room for, waited for
snapshots/    what has been evaluated, kept on the disk
builder.py    making a model file in a child of its own
echo.py       an Engine in plain Python, for tests
worker/       the child's side, the only importer of llama_cpp
"""
