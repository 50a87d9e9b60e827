"""The engine's raw output -> text for people: whole characters, stop strings."""
