"""Ollama's verbs, one a file. A quick verb is a function that returns a value; a long one is a generator that yields events."""
