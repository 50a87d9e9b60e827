"""``/v1`` as OpenAI's clients expect it, one group a file."""

from . import completions, elsewhere, embeddings, models, responses

ROUTES = [*completions.ROUTES, *embeddings.ROUTES, *models.ROUTES, *responses.ROUTES, *elsewhere.ROUTES]
