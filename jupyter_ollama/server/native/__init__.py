"""Ollama's own routes, one group a file."""
