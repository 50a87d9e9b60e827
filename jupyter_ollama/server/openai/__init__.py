"""``/v1`` as OpenAI's clients expect it, one group a file."""
