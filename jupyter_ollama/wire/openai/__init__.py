"""OpenAI's protocol. Where Ollama passes over what a client asks for (``max_completion_tokens``, ``n``, ``tool_choice``), it
counts here.
"""
