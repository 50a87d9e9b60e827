"""The verbs that make, move and remove models."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import verbs
from ..cancelling import CancelToken
from ..errors import SourceError
from ..events import Event
from ..models import (
    Deleted,
    ImatrixMade,
    ModelList,
    ModelSummary,
    Pruned,
    Pushed,
    Removal,
    Saved,
)
from ..names import Digest
from ..run import Run
from ..sentences import Sentence
from ..uploads import Uploads
from .held import Held, now

if TYPE_CHECKING:
    from ..modelfile import Modelfile
    from ..verbs.upload import Upload


class Changing(Held):
    """What changes a store, or what is in memory."""

    def create(
        self, name: str, modelfile: Modelfile | str, *, quantize: str | None = None, tensor_types: Mapping[str, str] | None = None,
        imatrix: str | Path | None = None, requantize: bool = False, base_dir: str | Path | None = None,
        info: Mapping[str, Any] | None = None, remote_host: str | None = None, draft_quantize: str | None = None,
        uploads: Uploads | None = None,
    ) -> Run[ModelSummary]:  # fmt: skip
        """Make a model from a Modelfile (or its text). A model that FROM or DRAFT names is pulled if it is not there.

        Args:
            modelfile: the recipe, or its text.
            quantize: target type such as ``q4_K_M``.
            tensor_types: other types for some tensors, by regular expressions that are looked for in their names; the first that is found
                counts: ``{"attn_v": "q8_0"}``.
            imatrix: an importance matrix, in a file of llama.cpp's or made by ``imatrix``.
            requantize: quantize again what is quantized already, and accept the loss.
            base_dir: where relative paths start; the working directory by default.
            info: what the model's config is to say: ``capabilities`` (added), ``model_family``, ``base_name``, ``quantization_level``,
                ``parameter_size``, ``context_length``, ``embedding_length``.
            remote_host: the Ollama server that has the model which FROM names; only that is written down, nothing is fetched.
            draft_quantize: target type of the model that DRAFT names.
            uploads: for a Modelfile of somebody else: no path of this machine is opened, only what was uploaded to the store.
        Raises: ModelfileError for a text that does not parse; the Run raises what goes wrong later.
        """
        parsed = verbs.create.parsed(modelfile)
        base = Path(base_dir) if base_dir is not None else Path.cwd()

        def work(cancel: CancelToken) -> Generator[Event, None, ModelSummary]:
            of = verbs.places
            with nullcontext(of.OwnFiles(base)) if uploads is None else of.uploaded(self.store, uploads, name) as places:
                return (yield from verbs.create.create(
                    self.store, name, parsed, quantize=quantize, tensor_types=tensor_types, imatrix=imatrix, requantize=requantize,
                    places=places, info=info, remote_host=remote_host, draft_quantize=draft_quantize, registry=self.registry, cancel=cancel,
                ))  # fmt: skip

        return self.runs.start(work, verb="create", model=name)

    def create_from_file(
        self, name: str, path: str | Path = "Modelfile", *, quantize: str | None = None, tensor_types: Mapping[str, str] | None = None,
        imatrix: str | Path | None = None, requantize: bool = False, draft_quantize: str | None = None,
    ) -> Run[ModelSummary]:  # fmt: skip
        """Make a model from a Modelfile on the disk; relative paths in it start at its folder.

        Args:
            path: the file.
            quantize, tensor_types, imatrix, requantize, draft_quantize: as for ``create``.
        Raises: SourceError when the file cannot be read, ModelfileError.
        """
        file = Path(path).expanduser()
        try:
            content = file.read_bytes()
        except OSError as error:
            raise SourceError(
                Sentence("no Modelfile at %1: %2.", file, error.strerror), hint="Check the path given with -f.", path=file
            ) from error
        return self.create(
            name, verbs.create.parsed(content, file), quantize=quantize, tensor_types=tensor_types, imatrix=imatrix, requantize=requantize,
            draft_quantize=draft_quantize, base_dir=file.absolute().parent,
        )  # fmt: skip

    def imatrix(self, model: str, text: str | Path, path: str | Path) -> Run[ImatrixMade]:
        """Make an importance matrix, which lets ``create(..., imatrix=path)`` lose less: the model reads a text, and for every column of
        its matrices the mean square of what came in is written down.

        Args:
            model: best one that is not quantized.
            text: what it is to read, 512 tokens or more, as a text or as the ``Path`` of a file; a few hundred kilobytes are enough.
            path: the GGUF file to write, in llama.cpp's format.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, ImatrixMade]:
            return verbs.imatrix.imatrix(self.store, model, text, Path(path).expanduser(), cancel=cancel)

        return self.runs.start(work, verb="imatrix", model=model)

    def save(self, models: str | Sequence[str], path: str | Path) -> Run[Saved]:
        """Write models into one file, which ``load`` reads: for machines without a network, or a class.

        Args:
            models: a name, or several; what they share is in the file once.
            path: the file, an OCI image layout in a tar; one that is there is replaced.
        """
        names = [models] if isinstance(models, str) else list(models)

        def work(cancel: CancelToken) -> Generator[Event, None, Saved]:
            return verbs.save.save(self.store, names, Path(path).expanduser(), cancel=cancel)

        return self.runs.start(work, verb="save", model=", ".join(names))

    def load(self, path: str | Path, name: str | None = None) -> Run[ModelList]:
        """Take the models out of a file that ``save`` made. Every layer is verified; what the store has already is not read again.

        Args:
            path: the file.
            name: another name for the model, when there is one in the file.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, ModelList]:
            return verbs.load_saved.load_saved(self.store, Path(path).expanduser(), name, cancel=cancel)

        return self.runs.start(work, verb="load", model=name or "")

    def pull(self, name: str, *, insecure: bool = False) -> Run[ModelSummary]:
        """Bring a model from a registry: ``llama3.2``, ``me/peach``, ``hf.co/user/repo:Q4_K_M``, ``registry.example.com/course/mario``.

        What arrives before it is cancelled, or before the network or the kernel goes down, need not come again.

        Args:
            insecure: speak plain http with the registry.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, ModelSummary]:
            return verbs.pull.pull(self.store, self.registry, name, insecure=insecure, cancel=cancel)

        return self.runs.start(work, verb="pull", model=name)

    def push(self, name: str, *, insecure: bool = False) -> Run[Pushed]:
        """Bring a model to the registry that its name says; what is there already is not sent. Give it such a name with ``copy``.

        Args:
            insecure: speak plain http with the registry.
        """

        def work(cancel: CancelToken) -> Generator[Event, None, Pushed]:
            return verbs.push.push(self.store, self.registry, name, insecure=insecure, cancel=cancel)

        return self.runs.start(work, verb="push", model=name)

    def copy(self, source: str, destination: str) -> str:
        """Give a model (``source``) a second name (``destination``). Returns it as the store spells it."""
        return now(lambda cancel: verbs.copy.copy(self.store, source, destination, cancel=cancel))

    def delete(self, *names: str) -> Deleted:
        """Unload and remove models, and every blob that no other model needs. Says what that freed and what others still hold."""
        for name in names:
            self.stop(name)
        return verbs.delete.delete(self.store, names)

    def removal(self, *names: str) -> Removal:
        """What deleting these models together would free, and what would stay because other models hold it. Nothing is removed."""
        return verbs.delete.removal(self.store, names)

    def prune(self, *, snapshots: bool = False) -> Pruned:
        """Remove blobs that no model holds (leftovers of crashes, mostly) and say what that freed. Downloads that can go on stay.

        Args:
            snapshots: the states of prompts that are kept on the disk go as well.
        """
        return verbs.prune.prune(self.store, self.settings.snapshots if snapshots else None)

    def stop(self, name: str) -> None:
        """Unload a model, whoever has loaded it. What it is answering is finished first."""
        verbs.ps.stop(self.store, self.engines, name)

    def upload(self, digest: str, size_bytes: int = 0) -> Upload:
        """Begin to put a blob into the store, piece by piece: for files that models are created from elsewhere.

        Args:
            digest: that of the whole, ``sha256:...``.
            size_bytes: how much there will be, to see whether there is room; 0: not known.
        Raises: InvalidName, StoreError, DiskFull.
        """
        return verbs.upload.Upload(self.store, Digest.parse(digest), size_bytes)
