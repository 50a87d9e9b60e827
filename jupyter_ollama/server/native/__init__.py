"""Ollama's own routes, one group a file."""

from . import blobs, create, generation, models, status, transfer

ROUTES = [*status.ROUTES, *models.ROUTES, *generation.ROUTES, *create.ROUTES, *blobs.ROUTES, *transfer.ROUTES]
