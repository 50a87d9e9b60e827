"""The word lists that the generator draws from: one language per file, nothing but words and how to compose new ones."""
