"""All routes of this folder."""

from . import completions, elsewhere, embeddings, models, responses

ROUTES = [*completions.ROUTES, *embeddings.ROUTES, *models.ROUTES, *responses.ROUTES, *elsewhere.ROUTES]
