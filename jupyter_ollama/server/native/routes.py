"""All routes of this folder."""

from . import blobs, create, embedding, generation, models, status, transfer

ROUTES = [*status.ROUTES, *models.ROUTES, *generation.ROUTES, *embedding.ROUTES, *create.ROUTES, *blobs.ROUTES, *transfer.ROUTES]
