"""``pull``: a model from a registry into the store."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import (
    CorruptManifest,
    DigestMismatch,
    ModelNotFound,
    NotSupported,
    OllamaError,
    RegistryError,
    SourceError,
    StoreError,
)
from ..events import Progress
from ..manifest import LAYER_TYPE, TENSOR, Layer, Manifest
from ..models import ModelSummary
from ..names import ModelName
from ..registry import Partial, Registry, Repository, arrived_bytes, download
from ..sentences import Sentence
from ..sources import HubName
from ..store import Store, disk
from ..store.hashing import Hashing
from .journey import Journey

_EVERY_S = 0.1
_MLX = "this model requires MLX support, but the MLX runtime is not available"

Stamp = tuple[int, int, int]
"""Of a file: its number, its size, when it was changed."""


def pull(
    store: Store, registry: Registry, name: str, *, insecure: bool = False, cancel: CancelToken
) -> Generator[Progress, None, ModelSummary]:  # fmt: skip
    """Bring a model from the registry that its name says, and say so in the end.

    Raises: what ``bring`` raises.
    """
    spelled = yield from bring(store, registry, name, insecure=insecure, cancel=cancel)
    yield Progress("success")
    return store.summary(spelled)


def bring(
    store: Store, registry: Registry, name: str, *, insecure: bool = False, cancel: CancelToken
) -> Generator[Progress, None, ModelName]:  # fmt: skip
    """Bring what is missing of a model, then let its name mean it; gives the name as the store spells it. What arrived before something
    went wrong is there for the next try.

    Args:
        insecure: speak plain http with the registry.
    Raises: InvalidName, ModelNotFound, NotSupported, Unauthorized, Unreachable, TransferFailed, RegistryError, DigestMismatch,
        CorruptManifest, DiskFull, StoreError, Cancelled.
    """
    asked = ModelName.valid(name)
    wanted = replace(store.tags.spelled(asked), scheme=asked.scheme)
    yield Progress("pulling_manifest")
    with registry.open(wanted, cancel, insecure=insecure) as remote:
        manifest = _manifest(store, remote)
        with store.begin() as work:
            fetched: dict[Layer, Stamp] = {}
            yield from _bring_all(work, remote, manifest, fetched, cancel)
            yield Progress("rehashing")
            yield from _confirm(work, fetched, cancel)
            yield Progress("writing_manifest")
            before = _blobs_of(work, wanted)
            spelled = work.tag(wanted, manifest)
            if not work.keep_unused and before - {layer.digest for layer in manifest.blobs}:
                yield Progress("removing_unused")
    return spelled


def _manifest(store: Store, remote: Repository) -> Manifest:
    """What the registry has under that name, if it is a model that can be used here.

    Raises: ModelNotFound with similar names, NotSupported, CorruptManifest, and what asking raises.
    """
    try:
        manifest = Manifest.parse(remote.manifest())
    except ModelNotFound as error:
        raise _not_found(store, remote, error) from error
    except CorruptManifest as error:
        hint = "Check the name: what is there is perhaps no model."
        raise CorruptManifest(
            Sentence("%1: %2", remote.host, Sentence.of(error.message)), hint=hint, name=str(remote.name), path=None
        ) from error
    except RegistryError as error:
        if error.facts.get("status") == 400 and (place := HubName.of(str(remote.name).partition(":")[0])):
            error.hint = Sentence("If it has safetensors, make a model of them: %%ollama create, with FROM %1@main.", place)
        raise
    kinds = {layer.media_type for layer in manifest.layers}
    if TENSOR in kinds:
        raise NotSupported(
            Sentence("%1 has its weights as single tensors for MLX, which does not run here.", remote.name),
            hint="Look for a tag with GGUF weights.", name=str(remote.name), capabilities=(), text=_MLX,
        )  # fmt: skip
    if kinds and not any(kind.startswith(LAYER_TYPE) for kind in kinds):
        raise NotSupported(
            Sentence("%1 is no model but something else.", remote.name), hint="Check the name.", name=str(remote.name), capabilities=(),
            text="not a model",
        )  # fmt: skip
    return manifest


def _not_found(store: Store, remote: Repository, error: ModelNotFound) -> ModelNotFound:
    """The error for an unknown model, with its other tags, or names like it in the registry or in the store."""
    name, near, asking = remote.name, list[str](), remote.hurried()
    with contextlib.suppress(OllamaError):
        near = [str(ModelName(name.model, tag, name.namespace, name.host)) for tag in asking.tags()]
    if not near:
        wanted = f"{name.namespace}/{name.model}"
        with contextlib.suppress(OllamaError):
            places = [place for place in asking.catalogue() if place.count("/") == 1]
            for place in difflib.get_close_matches(wanted, places, n=3, cutoff=0.6):
                namespace, model = place.split("/")
                near.append(str(ModelName(model, namespace=namespace, host=name.host)).removesuffix(":latest"))
    near = near or list(store.not_found(name).facts.get("near", ()))
    shown = ", ".join(near[:8]) + (" …" if len(near) > 8 else "")
    hint = Sentence("Did you mean %1?", shown) if near else "Check the name. Names are as on the registry's web page."
    return ModelNotFound(error.message, hint=hint, name=str(name), near=near, text=error.text)


def _bring_all(
    work: Store, remote: Repository, manifest: Manifest, fetched: dict[Layer, Stamp], cancel: CancelToken
) -> Generator[Progress, None, None]:  # fmt: skip
    """All blobs, one after the other, the config last. Notes which were fetched."""
    journey = Journey("pulling", manifest.blobs)
    _require_room(work, manifest.blobs)
    for layer in manifest.blobs:
        if work.blobs.reuse(layer.digest, layer.size):
            yield journey.already(layer)
        else:
            yield from _bring(work, remote, layer, journey, fetched, cancel)


def _require_room(work: Store, layers: Iterable[Layer]) -> None:
    """Raises: DiskFull, before the first byte is asked for."""
    missing = 0
    for digest, layer in {layer.digest: layer for layer in layers}.items():
        path = work.blobs.path(digest)
        if not path.is_file() or path.stat().st_size != layer.size:
            missing += max(0, layer.size - arrived_bytes(path))
    if missing:
        disk.require_room(work.blobs.folder, missing)


def _bring(
    work: Store, remote: Repository, layer: Layer, journey: Journey, fetched: dict[Layer, Stamp], cancel: CancelToken
) -> Generator[Progress, None, None]:  # fmt: skip
    """One blob. While somebody else is at it, it is their progress that is shown; their work is taken over if they give up."""
    path = work.blobs.path(layer.digest)
    while True:
        with work.downloads.turn(layer.digest) as ours:
            if ours:
                if work.blobs.reuse(layer.digest, layer.size):
                    yield journey.already(layer)
                elif not (yield from _taken_over(work, layer, journey, cancel)):
                    fetched[layer] = yield from _fetch(work, remote, layer, journey, cancel)
                    yield journey.at(layer, layer.size)
                return
        yield journey.at(layer, min(layer.size, arrived_bytes(path)))
        cancel.wait(_EVERY_S)


def _taken_over(work: Store, layer: Layer, journey: Journey, cancel: CancelToken) -> Generator[Progress, None, bool]:
    """Take a blob from the store of a system-wide Ollama, if it has it undamaged."""
    if work.service is None:
        return False
    try:
        source = work.service.blobs.require(layer.digest)
        if source.stat().st_size != layer.size:
            return False
        found, _, _ = yield from work.blobs.import_file(source, cancel, what=f"the {layer.kind} from {work.service.root}")
    except (StoreError, SourceError, OSError):
        return False
    if found != layer.digest:
        return False
    yield journey.already(layer)
    return True


def _fetch(work: Store, remote: Repository, layer: Layer, journey: Journey, cancel: CancelToken) -> Generator[Progress, None, Stamp]:
    """Download a blob and make it one of the store's. If what an earlier try left was damaged, it comes anew.

    Raises: DigestMismatch, after which nothing of it is left; and what downloading raises, after which what arrived is.
    """
    path = work.blobs.path(layer.digest)
    with disk.explained(path, layer.size):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = Partial(path, layer.size, remote.session.limits)
        goes_on = partial.completed > 0
        actual = yield from _download(remote, layer, partial, journey, cancel)
        if goes_on and actual != layer.digest.hex.lower():
            partial.start_again()
            actual = yield from _download(remote, layer, partial, journey, cancel)
        if actual != layer.digest.hex.lower():
            partial.discard()
            raise _mismatch(remote, layer, actual)
        work.blobs.adopt(partial.path, layer.digest, fetched=True)
        partial.discard()
        return _stamp(path)


def _download(
    remote: Repository, layer: Layer, partial: Partial, journey: Journey, cancel: CancelToken
) -> Generator[Progress, None, str]:  # fmt: skip
    """Bring what is missing of a blob. Gives the hex sha256 of what came."""
    coming = download(remote, layer.digest, partial, cancel)
    yield journey.at(layer, partial.completed)
    while True:
        try:
            yield journey.at(layer, next(coming))
        except StopIteration as stop:
            return str(stop.value)


def _mismatch(remote: Repository, layer: Layer, actual: str) -> DigestMismatch:
    text = f"digest mismatch, file must be downloaded again: want {layer.digest}, got sha256:{actual}"
    return DigestMismatch(
        Sentence("what %1 sent for %2 hashes to sha256:%3; it was thrown away.", remote.host, layer.digest, actual),
        hint="Pull again. If it happens again, something between here and the registry changes what it sends.",
        expected=str(layer.digest), actual=f"sha256:{actual}", text=text,
    )  # fmt: skip


def _confirm(work: Store, fetched: dict[Layer, Stamp], cancel: CancelToken) -> Generator[Progress, None, None]:
    """Make sure that what was fetched, and hashed from the disk as it came, lies there now: a file that was touched is hashed again.

    Raises: BlobNotFound, DigestMismatch, Cancelled.
    """
    for layer, stamp in fetched.items():
        path = work.blobs.require(layer.digest)
        with disk.explained(path):
            if _stamp(path) == stamp:
                continue
            for done in (hashing := Hashing(lambda report, token, path=path: disk.hash_file(path, report, token), cancel)):  # type: ignore[misc]
                yield Progress("rehashing", digest=str(layer.digest), completed=done, total=layer.size)
            if hashing.hex != layer.digest.hex.lower():
                path.unlink(missing_ok=True)
                raise DigestMismatch(
                    Sentence("blob %1 was changed on the disk while the model was pulled; it was thrown away.", layer.digest),
                    hint="Pull again.", expected=str(layer.digest), actual=f"sha256:{hashing.hex}",
                    text="digest mismatch, file must be downloaded again",
                )  # fmt: skip


def _stamp(path: Path) -> Stamp:
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _blobs_of(work: Store, name: ModelName) -> set[object]:
    """What the name means up to now."""
    with contextlib.suppress(OllamaError):
        return {layer.digest for layer in work.tags.read(name).blobs}
    return set()
