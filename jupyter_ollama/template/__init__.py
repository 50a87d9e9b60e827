"""Chat templates: Go text/template and sandboxed Jinja, and which of the two a model uses."""
