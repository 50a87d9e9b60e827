"""The engine's raw output -> text for people: whole characters, stop strings."""

from .splitter import StopFinder, TextDecoder

__all__ = ["StopFinder", "TextDecoder"]
