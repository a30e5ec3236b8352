"""`SentenceTransformerEmbedder`: text to vector, batched and memoized. Ops layer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

import cocoindex as coco
from cocoindex.errors import EmbedderError

from ._models import ModelConfig, dimension_of, model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cocoindex.resources.schema import VectorSchema

_BATCH = 64


class _Request(NamedTuple):
    """One text to embed, and how."""

    text: str
    prompt_name: str | None
    normalize: bool


class SentenceTransformerEmbedder:
    """Embeds texts with a sentence-transformers model, which is loaded at the first use and shared in the process.

    Args:
        model_name_or_path: name of a model on the Hugging Face hub, or the folder of one on this machine.
        device: where the model runs, such as `cpu` or `cuda`; None leaves that to the library.
        trust_remote_code: whether code that comes with the model may run.
        normalize_embeddings: whether vectors have unit length, unless a call says otherwise.

    It can stand in `Annotated[NDArray, embedder]` for the type and size of a vector column. As an argument or a
    change-detected context value it is identified by the model and the options, not by the device.
    """

    def __init__(
        self,
        model_name_or_path: str,
        *,
        device: str | None = None,
        trust_remote_code: bool = False,
        normalize_embeddings: bool = True,
    ) -> None:
        if not isinstance(model_name_or_path, str) or not model_name_or_path:
            raise EmbedderError(
                f"an embedder takes the name of a model or its folder as a str that is not empty, not "
                f"{model_name_or_path!r}"
            )
        self._config = ModelConfig(model_name_or_path, device, trust_remote_code)
        self._normalize = normalize_embeddings

    def __repr__(self) -> str:
        return f"SentenceTransformerEmbedder({self._config.name!r})"

    def __coco_memo_key__(self) -> object:
        return (self._config.name, self._config.trust_remote_code, self._normalize)

    def __getstate__(self) -> dict[str, Any]:
        return {"config": tuple(self._config), "normalize": self._normalize}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._config = ModelConfig(*state["config"])
        self._normalize = state["normalize"]

    def dimension(self) -> int:
        """How many elements a vector has; loads the model.

        Raises:
            EmbedderError: (a RuntimeError) the model cannot be loaded, or does not say.
        """
        return dimension_of(self._config)

    async def __coco_vector_schema__(self) -> VectorSchema:
        """The vector column's type: float32 elements, as many as the model gives."""
        import numpy as np

        from cocoindex.resources.schema import VectorSchema

        size = await asyncio.to_thread(self.dimension)
        return VectorSchema(dtype=np.dtype(np.float32), size=size)

    @coco.fn(memo=True, version=1, logic_tracking="self")
    async def embed(
        self, text: str, prompt_name: str | None = None, normalize_embeddings: bool | None = None
    ) -> NDArray[np.float32]:
        """The vector of one text, of shape (dimension,) and type float32.

        Concurrent calls share batches of the model. Inside a component the vector of each text is memoized: the call
        runs again when the text, the model or the options change.

        Args:
            text: what to embed.
            prompt_name: the model's prompt to put before it, for models that tell queries from documents.
            normalize_embeddings: whether the vector has unit length; None for what the embedder was made with.

        Raises:
            EmbedderError: (a RuntimeError) the model cannot be loaded.
        """
        if not isinstance(text, str):
            raise EmbedderError(f"an embedder takes a str, not a {type(text).__name__}: {text!r:.80}")
        normalize = self._normalize if normalize_embeddings is None else normalize_embeddings
        vector: NDArray[np.float32] = await self._embed_batch(_Request(text, prompt_name, normalize))
        return vector

    @coco.fn.as_async(batching=True, max_batch_size=_BATCH, runner=coco.GPU, logic_tracking=None)
    def _embed_batch(self, requests: list[_Request]) -> list[NDArray[np.float32]]:
        """Embed a batch; texts that are embedded in the same way go through the model together."""
        import numpy as np

        vectors: list[Any] = [None] * len(requests)
        alike: dict[tuple[str | None, bool], list[int]] = {}
        for i, request in enumerate(requests):
            alike.setdefault((request.prompt_name, request.normalize), []).append(i)
        for (prompt_name, normalize), positions in alike.items():
            found = model(self._config).encode(
                [requests[i].text for i in positions],
                prompt_name=prompt_name,
                normalize_embeddings=normalize,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            for i, vector in zip(positions, found, strict=True):
                vectors[i] = np.ascontiguousarray(vector, dtype=np.float32)
        return vectors
