"""``/v1`` as OpenAI's clients expect it, one group a file."""

from . import completions, elsewhere, models, responses

ROUTES = [*completions.ROUTES, *models.ROUTES, *responses.ROUTES, *elsewhere.ROUTES]
