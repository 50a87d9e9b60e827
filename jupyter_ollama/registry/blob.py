"""A blob of a registry as something to download: where it is, and what it means when it does not come."""

from __future__ import annotations

from ..errors import BlobNotFound, OllamaError, RegistryError, TransferFailed
from ..names import Digest
from ..sentences import Sentence
from .repository import Repository


class RemoteBlob:
    """See ``stream.Remote``."""

    def __init__(self, repository: Repository, digest: Digest) -> None:
        self.session = repository.session
        self.url = repository.blob_url(digest)
        self._digest = digest

    @property
    def _host(self) -> str:
        return self.session.origin.authority

    def refusal(self, status: int, why: str, code: str) -> OllamaError | None:
        """See ``stream.Remote``."""
        if status in (401, 403):
            return self.session.authority.refusal(why)
        if status == 404:
            return BlobNotFound(
                Sentence("%1 has no blob %2, though the manifest names it.", self._host, self._digest),
                hint="Whoever published the model must push it again.", digest=self._digest, host=self._host,
            )  # fmt: skip
        return None

    def failed(self, why: str, status: int, wished_s: float = 0.0) -> TransferFailed:
        """See ``stream.Remote``."""
        return TransferFailed(
            Sentence("%1: %2.", self._host, Sentence.of(why)), host=self._host, status=status, digest=str(self._digest), wished_s=wished_s
        )

    def given_up(self, error: RegistryError) -> TransferFailed:
        """See ``stream.Remote``."""
        return TransferFailed(
            Sentence("the download of %1 was given up: %2", self._digest.short, Sentence.of(error.message)),
            hint="Pull again: it goes on where it stopped.", host=self._host, status=error.facts.get("status", 0), digest=str(self._digest),
            text=f"max retries exceeded: {error.message}",
        )  # fmt: skip
