"""Events, values and errors as Ollama's JSON, and requests back into values. Nothing here talks to a network.

    encoding      a value -> one line of JSON
    instants      times as Go writes them
    answers       Chunk, Done -> the objects of generate and chat
    embedding     embeddings and what asks for them
    progress      Progress -> those of create, pull and push
    listing       what list, ps and show return -> those of tags, ps and show
    errors        an error -> HTTP's number and Ollama's words
    fields        the bytes of a request -> fields, read as Go's decoder reads them
    requests      fields -> what a verb is called with
    asking        what a verb is called with -> the requests of Ollama's API, for a server elsewhere
    reading       its answers back -> events, values and errors
    openai/       the same for OpenAI's protocol
    anthropic/    the same for Anthropic's
    panel/        our values for the panel and the widgets

A file has one direction.
"""
