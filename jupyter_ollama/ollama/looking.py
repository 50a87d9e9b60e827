"""The verbs that look at models, and change nothing."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import gguf, verbs
from ..cancelling import CancelToken
from ..editing import Checked, Completions
from ..events import Event
from ..files import Folder
from ..models import (
    Content,
    DiskUse,
    LoadedList,
    ModelInfo,
    ModelList,
    UserKey,
    Verification,
)
from ..names import Digest, ModelName
from ..needs import CONTEXTS, TYPES, MemoryNeeds
from ..run import Run
from ..suggestions import Suggestions
from .held import Held, now

if TYPE_CHECKING:
    from ..gguf import Metadata, Tensors
    from ..gguf.numbers import Numbers


class Looking(Held):
    """What there is to know about models."""

    def list(self, prefix: str = "", *, first: int | None = None) -> ModelList:
        """The models of the store whose name begins with ``prefix``, newest first.

        Args:
            first: only so many, the first by name: of thousands they are there much sooner.
        """
        return verbs.list.list_models(self.store, prefix, first)

    def ps(self) -> LoadedList:
        """The models in memory, those that other kernels of the same user have loaded included."""
        return verbs.ps.ps(self.store, self.engines)

    def show(self, name: str, *, verbose: bool = False, system: str = "", options: Mapping[str, Any] | None = None) -> ModelInfo:
        """Everything there is to know about a model; ``verbose`` with the long arrays of its metadata.

        Args:
            system, options: what the Modelfile in the result shall say instead of, or besides, what the model has.
        """
        return now(lambda cancel: verbs.resolve.while_it_means_the_same(self.store, name, lambda: verbs.show.show(
            self.store, self.settings, name, verbose=verbose, system=system, options=options, cancel=cancel,
        )))  # fmt: skip

    def memory(self, name: str, types: Sequence[str] = TYPES, contexts: Sequence[int] = CONTEXTS) -> MemoryNeeds:
        """Will it fit? What running a model takes, part by part: as it is and, about, in other types, with several context lengths.

        Args:
            types: the other types, as ``create`` takes them for ``quantize``.
            contexts: lengths in tokens.
        """
        return now(lambda cancel: verbs.needs.needs(self.store, self.engines, self.settings, name, types, contexts, cancel))

    def metadata(self, name: str, digest: str = "") -> Metadata:
        """The metadata in the header of a model's weights, or of another GGUF layer that ``show`` lists. The weights are not read, and of
        long arrays only what is asked for.
        """
        return now(lambda cancel: verbs.layers.header(self.store, name, digest, cancel)).metadata

    def tensors(self, name: str, digest: str = "") -> Tensors:
        """The tensors of a model's weights, or of another GGUF layer: types, shapes, places."""
        return gguf.Tensors(now(lambda cancel: verbs.layers.header(self.store, name, digest, cancel)).tensors)

    def numbers(self, name: str, tensor: str, *, digest: str = "", start: int = 0, stop: int | None = None) -> Numbers:
        """The numbers of a tensor, or of its rows from ``start`` to ``stop``, as float32 whatever they are stored as.

        Shapes: (rows, row length).
        """
        return now(lambda cancel: verbs.layers.numbers_of(self.store, name, tensor, digest, start, stop, cancel))

    def content(self, name: str, digest: str) -> Content:
        """One of the layers that ``show`` lists, as a text: the first megabyte, JSON indented, templates with their parts named. Of weights
        it is the chat template inside.
        """
        return now(lambda cancel: verbs.layers.content(self.store, name, digest, cancel=cancel))

    def check(self, modelfile: str, *, base_dir: str | Path | None = None) -> Checked:
        """Everything that is wrong with the text of a Modelfile, and what may not be meant, each with its place; files and models that it
        names and that are not there, too. Nothing is made or fetched.

        Args:
            modelfile: the text.
            base_dir: where relative paths start; the working directory by default.
        """
        return verbs.check.check(modelfile, verbs.places.here(base_dir), lambda name: verbs.resolve.exists(self.store, name))

    def complete(self, modelfile: str, line: int, column: int, *, base_dir: str | Path | None = None) -> Completions:
        """What could stand at a place of a Modelfile: instructions, parameters, values, models, files.

        Args:
            modelfile: the text.
            line, column: both from 0.
            base_dir: where relative paths start; the working directory by default.
        """
        return verbs.complete.complete(modelfile, line, column, verbs.places.here(base_dir), self.list)

    def recipe(self, source: str, *, base_dir: str | Path | None = None) -> str:
        """The text of a Modelfile to begin with, for a model, a file or a folder (which wins). Of a model it says what that says of itself,
        so that it can be changed.

        Args:
            source: the model's name or the path.
            base_dir: where relative paths start; the working directory by default.
        Raises: SourceError for a file or folder of which no model can be made; InvalidName, ModelNotFound.
        """
        return verbs.recipe.of_path(source, verbs.places.here(base_dir)) or verbs.recipe.of_model(self.show(source))

    def files(self, folder: str | Path | None = None) -> Folder:
        """What lies in a folder of this machine, with what can be made of it; the working directory by default. Hidden entries are left
        out.

        Raises: SourceError.
        """
        return verbs.files.files(folder)

    def suggestions(self) -> Suggestions:
        """Models that are good to begin with: how much there is to fetch, the memory they take, and whether this machine has it."""
        return verbs.suggest.suggestions(self.store, self.engines)

    def du(self) -> DiskUse:
        """What each model costs on the disk, alone and shared with others, and what else lies in the store and the cache."""
        return verbs.du.du(self.store, self.settings.snapshots)

    def verify(self, *names: str) -> Run[Verification]:
        """Hash every blob of the store again, or those of some models; the result says which are damaged, missing or of no use."""

        def work(cancel: CancelToken) -> Generator[Event, None, Verification]:
            return verbs.verify.verify(self.store, names, cancel=cancel)

        return self.runs.start(work, verb="verify", model=", ".join(names))

    def tags(self, name: str, *, insecure: bool = False) -> Sequence[str]:
        """The tags that a model has in its registry, where the registry tells."""
        with self.registry.open(ModelName.valid(name), CancelToken(), insecure=insecure) as remote:
            return remote.tags()

    def key(self) -> UserKey:
        """The public key by which registries know the user; made when there is none."""
        return UserKey(self.registry.identity.public_line, str(self.registry.identity.path))

    def has_blob(self, digest: str) -> bool:
        """Whether the store has a blob.

        Raises: InvalidName.
        """
        return verbs.upload.has_blob(self.store, Digest.parse(digest))
