"""Running and building models. Native code lives in child processes (``worker/``); the rest runs in the kernel and imports none of it.

frames.py     messages over any byte stream
process.py    a child process: start it, talk to it, end it, say how it died
protocol.py   what an engine is: the Protocol, and the values that go with it
runner.py     one loaded model in a child, as an Engine
scheduler.py  Engines: which models are loaded, leases, keep_alive
builder.py    making a model file in a child of its own
echo.py       an Engine in plain Python, for tests
worker/       the child's side, the only importer of llama_cpp
"""
