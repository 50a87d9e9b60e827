"""The face in a terminal: ``jupyter ollama COMMAND``, which is Ollama's command line.

    main        from arguments to an exit code
    commands    every command: its arguments and what it does, one entry each
    host        who does the work: the Ollama that OLLAMA_HOST names, if one answers there, else this process
    show, run   the two commands with more to them
    progress    what a long verb is doing, on stderr
    answer      an answer as it comes in: thoughts, wrapped words, statistics
    repl/       the conversation of ``run``

A command reads its arguments, calls one verb and prints what comes of it; it decides nothing.
"""

from .main import main

__all__ = ["main"]
