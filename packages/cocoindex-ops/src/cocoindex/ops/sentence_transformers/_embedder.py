"""`SentenceTransformerEmbedder`: converts texts to vectors, in batches. Ops layer."""

from __future__ import annotations

import asyncio
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.resources.embedder import EmbedderArgumentError
from cocoindex.resources.schema import VectorSchema

from ..text.utf8 import why_not_utf8
from ._chosen_runner import ChosenRunner
from ._models import ModelOptions, find_dimension, load_model, release_memory
from .errors import UnknownPromptError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sentence_transformers import SentenceTransformer

    Vector: TypeAlias = NDArray[np.float32]
else:
    Vector = Any  # memoized arrays store their own type, so the annotation need not import numpy

_MAX_BATCH = 64
_RUNNER = ChosenRunner()


class _Manner(NamedTuple):
    """The options for embedding a text; texts with the same options go through the model together."""

    prompt_name: str | None
    normalize: bool


class _Request(NamedTuple):
    text: str
    manner: _Manner


@dataclass(frozen=True)
class SentenceTransformerEmbedder:
    """Embeds texts with a sentence-transformers model, and provides the schema of its vectors.

    The model is loaded on first use, once per process for all embedders with the same options, and used by one thread
    at a time. An embedder is cheap to create; only its options are pickled. You can use it in an annotation
    (`Annotated[NDArray, embedder]`), from which connectors read the size and type of a vector column.

    Args:
        model_name_or_path: name of a model on the Hugging Face hub, or path of a folder that contains one. With
            `HF_HUB_OFFLINE=1` in the environment nothing is downloaded.
        device: such as `"cpu"` or `"cuda"`; by default chosen by sentence-transformers. Not part of memo keys.
        trust_remote_code: whether Python code that comes with the model may run.
        normalize_embeddings: whether vectors are scaled to length 1; a call of `embed` may override it.
        runner: where the model runs; by default `coco.GPU`. A worker in another process loads the model once. Not part
            of memo keys.

    Raises:
        EmbedderArgumentError: (a `TypeError`) an argument has the wrong type, or the name is empty.
    """

    model_name_or_path: str
    _: KW_ONLY
    device: str | None = None
    trust_remote_code: bool = False
    normalize_embeddings: bool = True
    runner: coco.Runner | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.model_name_or_path, str) or not self.model_name_or_path:
            raise EmbedderArgumentError(
                f"model_name_or_path is the name of a model or the path of its folder, not "
                f"{shown(self.model_name_or_path)}"
            )
        _check_type("device", self.device, str, type(None))
        _check_type("trust_remote_code", self.trust_remote_code, bool)
        _check_type("normalize_embeddings", self.normalize_embeddings, bool)
        _check_type("runner", self.runner, coco.Runner, type(None))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "runner"}  # used only by the caller

    @coco.fn(memo=True)
    async def embed(
        self, text: str, prompt_name: str | None = None, normalize_embeddings: bool | None = None
    ) -> Vector:
        """Return the vector of `text`: one dimension, float32.

        Concurrent calls are embedded in one batch. Within a component a vector is memoized: it is computed again only
        if the text, the other arguments or the embedder's options change. If the model fails on a text, only the call
        for that text fails, not the whole batch.

        Args:
            text: the text to embed; the model truncates a text that is too long for it.
            prompt_name: the model's prompt to prepend, for models that distinguish queries from documents.
            normalize_embeddings: whether to scale the vector to length 1; by default the embedder's setting.

        Raises:
            EmbedderArgumentError: (a `TypeError` and `ValueError`) an argument has the wrong type, or the text cannot
                be encoded as UTF-8.
            UnknownPromptError: (a `ValueError`) the model has no such prompt.
            MissingExtraError: (an `ImportError`) sentence-transformers is not installed.
            EmbedderError: (a `RuntimeError`) the model cannot be loaded.
        """
        _check_type("text", text, str)
        if (why := why_not_utf8(text)) is not None:
            raise EmbedderArgumentError(f"the text cannot be embedded: {why}")
        _check_type("prompt_name", prompt_name, str, type(None))
        _check_type("normalize_embeddings", normalize_embeddings, bool, type(None))
        normalize = self.normalize_embeddings if normalize_embeddings is None else normalize_embeddings
        _RUNNER.use(self.runner)
        vector: Vector = await self._embed(_Request(text, _Manner(prompt_name, normalize)))
        return vector

    async def dimension(self) -> int:
        """Return the number of elements of the vectors; load the model only if its files do not state it.

        Raises:
            MissingExtraError: (an `ImportError`) sentence-transformers is not installed.
            EmbedderError: (a `RuntimeError`) the model cannot be loaded, or does not state it.
        """
        return await asyncio.to_thread(find_dimension, self._model_options)

    async def __coco_vector_schema__(self) -> VectorSchema:
        import numpy as np

        return VectorSchema(np.dtype(np.float32), await self.dimension())

    def __coco_memo_key__(self) -> object:
        return (self.model_name_or_path, self.trust_remote_code, self.normalize_embeddings)  # not the device

    @property
    def _model_options(self) -> ModelOptions:
        return ModelOptions(self.model_name_or_path, self.device, self.trust_remote_code)

    @coco.fn.as_async(batching=True, max_batch_size=_MAX_BATCH, runner=_RUNNER)
    def _embed(self, requests: list[_Request]) -> list[Vector]:
        model = load_model(self._model_options)
        vectors: dict[int, Vector] = {}
        manners = dict.fromkeys(request.manner for request in requests)
        for manner in manners:
            chosen = [i for i, request in enumerate(requests) if request.manner == manner]
            try:
                rows = self._encode(model, [requests[i].text for i in chosen], manner)
                vectors.update(zip(chosen, rows, strict=True))
            except (KeyboardInterrupt, SystemExit, asyncio.CancelledError):
                raise
            except UnknownPromptError as error:
                if len(manners) == 1:
                    raise
                raise coco.RetryWithSmallerBatch("some of the texts have an unknown prompt") from error
            except BaseException as error:  # includes a Rust panic in the tokenizers
                if _is_out_of_memory(error):
                    release_memory()
                if len(requests) == 1:
                    raise
                raise coco.RetryWithSmallerBatch(f"the model failed on one of {len(requests)} texts") from error
        return [vectors[i] for i in range(len(requests))]

    def _encode(self, model: SentenceTransformer, texts: list[str], manner: _Manner) -> list[Vector]:
        """Return the vectors of texts with the same options, each with memory of its own that can be freed alone."""
        if manner.prompt_name is not None and manner.prompt_name not in model.prompts:
            known = ", ".join(map(repr, model.prompts)) or "none"
            raise UnknownPromptError(
                f"the model {self.model_name_or_path!r} has no prompt {manner.prompt_name!r}; it has: {known}"
            )
        rows = model.encode(
            texts,
            prompt_name=manner.prompt_name,
            normalize_embeddings=manner.normalize,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return [row.astype("float32", copy=True) for row in rows]


def _is_out_of_memory(error: BaseException) -> bool:
    try:
        return isinstance(error, MemoryError) or "out of memory" in str(error).lower()
    except BaseException:  # an exception of another library whose text cannot be computed
        return False


def _check_type(name: str, value: object, *kinds: type) -> None:
    if not isinstance(value, kinds):
        wanted = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        raise EmbedderArgumentError(f"{name} is a {wanted}, not {shown(value)}")
