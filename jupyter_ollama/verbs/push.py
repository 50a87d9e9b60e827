"""``push``: a model from the store to a registry."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import ModelNotFound, Unauthorized
from ..events import Progress
from ..manifest import Layer, Manifest
from ..models import Pushed
from ..names import DEFAULT_HOST, DEFAULT_NAMESPACE, Digest, ModelName
from ..registry import Registry, Repository, upload
from ..sentences import Sentence, together
from ..store import Store, disk
from .journey import Journey
from .resolve import resolve

_WEB = "https://ollama.com"
_TEXT = "you are not authorized to push to this namespace, create the model under a namespace you own"


def push(
    store: Store, registry: Registry, name: str, *, insecure: bool = False, cancel: CancelToken
) -> Generator[Progress, None, Pushed]:  # fmt: skip
    """Bring what a registry has not of a model there, then publish its manifest in the bytes that the store has.

    Args:
        insecure: speak plain http with the registry.
    Raises: InvalidName, ModelNotFound, Unauthorized, Unreachable, TransferFailed, RegistryError, BlobNotFound, DigestMismatch, StoreError,
        Cancelled.
    """
    asked = ModelName.valid(name)
    wanted = replace(store.tags.spelled(asked), scheme=asked.scheme)
    yield Progress("retrieving_manifest")
    with store.begin() as work, registry.open(wanted, cancel, insecure=insecure) as remote:
        try:
            model = yield from resolve(work, name, cancel)
        except ModelNotFound:
            yield Progress("no_manifest")
            raise
        reader, _ = work.find(model.name)
        files = {layer.digest: reader.blobs.require(layer.digest) for layer in model.manifest.blobs}
        try:
            sent = yield from _send_all(work, remote, model.manifest, files, cancel)
            yield Progress("pushing_manifest")
            remote.put_manifest(model.manifest.raw)
        except Unauthorized as error:
            raise _not_allowed(wanted, error) from error
    yield Progress("success")
    url = f"{_WEB}/{wanted.namespace}/{wanted.model}" if wanted.host.lower() == DEFAULT_HOST else ""
    return Pushed(str(wanted), model.digest, model.manifest.size, sent, url)


def _send_all(
    work: Store, remote: Repository, manifest: Manifest, files: dict[Digest, Path], cancel: CancelToken
) -> Generator[Progress, None, int]:  # fmt: skip
    """All blobs, one after the other, the config last. Gives the bytes that had to be sent."""
    journey, sent = Journey("pushing", manifest.blobs), 0
    for layer in manifest.blobs:
        cancel.check()
        if remote.has(layer.digest):
            yield journey.already(layer)
            continue
        yield journey.at(layer, 0)
        with disk.explained(files[layer.digest]):
            going = upload(remote, files[layer.digest], layer.digest, layer.size, list(_mounts(work, remote.name, layer)), cancel)
            while True:
                try:
                    yield journey.at(layer, next(going))
                except StopIteration as stop:
                    sent += 0 if stop.value else layer.size
                    break
        yield journey.at(layer, layer.size)
    return sent


def _mounts(work: Store, target: ModelName, layer: Layer) -> Iterator[str]:
    """Other models of the same registry that may hold a layer: the one it came from, and those of the store that do."""
    holders = [ModelName.parse(layer.from_model)] if layer.from_model else []
    holders += [name for name, manifest in work.tags.manifests() if any(held.digest == layer.digest for held in manifest.blobs)]
    places = {f"{one.namespace}/{one.model}": None for one in holders if one.is_valid and one.host.lower() == target.host.lower()}
    places.pop(f"{target.namespace}/{target.model}", None)
    yield from places


def _not_allowed(name: ModelName, error: Unauthorized) -> Unauthorized:
    """What to do about a push that was refused."""
    short = str(name).removesuffix(":latest")
    hint = error.hint or ""
    if name.namespace.lower() == DEFAULT_NAMESPACE:
        hint = together(Sentence("Push it under a namespace of your own: %%ollama cp %1 YOU/%1, then %%ollama push YOU/%1.", short), hint)
    message = Sentence("pushing %1 is not allowed: %2", short, Sentence.of(error.message))
    return Unauthorized(message, hint=hint, **{**error.facts, "text": _TEXT, "name": str(name)})
