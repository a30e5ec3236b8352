"""`LiteLLMEmbedder`: converts texts to vectors with a provider's model, in batches. Ops layer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import cocoindex as coco
from cocoindex.connectorkits import masked, shown
from cocoindex.resources.embedder import EmbedderArgumentError, EmbedderError
from cocoindex.resources.schema import VectorSchema

from ..text.utf8 import why_not_utf8
from ._halving import Halving
from ._library import load_litellm
from ._plain_text import as_plain_text
from ._request import as_seconds, request
from ._vectors import format_options, read_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector: TypeAlias = NDArray[np.float32]
else:
    Vector = Any  # memoized arrays store their own type, so the annotation need not import numpy

_AT_ONCE: Final = 64
_UNKNOWN_TO_MEMOS: Final = frozenset({"api_key", "client", "max_retries"})


class _Request(NamedTuple):
    text: str
    input_type: str | None


class LiteLLMEmbedder:
    """Embeds texts with a model of LiteLLM, and provides the schema of its vectors.

    You can use it in an annotation (`Annotated[NDArray, embedder]`), from which connectors read the size and type of a
    vector column.

    Args:
        model: LiteLLM's name of the model: "text-embedding-3-small", "ollama/nomic-embed-text", "azure/<deployment>"
            ...
        max_inflight_requests: maximum number of concurrent requests; None for no limit.
        timeout: time limit of a request with all its attempts and pauses, a timedelta or seconds; None means 10
            minutes. A request contains up to 64 texts; waiting for `max_inflight_requests` does not count.
        **kwargs: passed to each call of `litellm.aembedding`: `api_key`, `api_base`, `dimensions` ... All except
            `api_key` are part of memo keys.

    Raises:
        EmbedderArgumentError: (a `TypeError`) an argument has the wrong type or value.
    """

    def __init__(
        self,
        model: str,
        *,
        max_inflight_requests: int | None = None,
        timeout: timedelta | float | None = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(model, str) or not model:
            raise EmbedderArgumentError(f"model must be the name of a model of LiteLLM, not {shown(model)}")
        most = max_inflight_requests
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
            raise EmbedderArgumentError(
                f"max_inflight_requests must be above 0, or None for no limit, not {shown(most)}"
            )
        self._model = model
        self._most = max_inflight_requests
        self._seconds = as_seconds(timeout)
        self._kwargs = kwargs
        self._size: int | None = None
        self._answers = 0
        self._gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return masked(f"LiteLLMEmbedder({self._model!r})")

    @coco.fn(memo=True)
    async def embed(self, text: str, input_type: str | None = None) -> Vector:
        """Return the vector of `text`: one dimension, float32.

        Texts of concurrent calls are sent together, up to 64 in a request. Within a component a vector is memoized: it
        is computed again only if the text, `input_type` or the embedder's arguments change. If the provider refuses a
        text, fails on it, leaves it out or gives no answer for it, only the call for that text fails, even if it was
        sent with others: the request is repeated with half of the texts, and so on.

        Args:
            text: the text to embed. If LiteLLM would read it as a reference to an image or file ("data:...;base64,",
                "gs://", "files/"), it is sent with a leading space.
            input_type: for models that distinguish queries from documents, such as Cohere's: "search_query".

        Raises:
            EmbedderArgumentError: (a `TypeError` and `ValueError`) an argument has the wrong type, or the text cannot
                be encoded as UTF-8.
            ModelRequestError: (a `RuntimeError`) the provider refused, or still failed at the time limit.
            EmbedderError: (a `RuntimeError`) the provider returned an invalid vector, or did not say to which text it
                belongs.
            DeadlineExceededError: (a `TimeoutError`) no answer in time.
            MissingExtraError: (an `ImportError`) litellm is not installed.
        """
        if not isinstance(text, str):
            raise EmbedderArgumentError(f"text is a str, not {shown(text)}")
        if not isinstance(input_type, str | None):
            raise EmbedderArgumentError(f"input_type is a str or None, not {shown(input_type)}")
        if (why := why_not_utf8(text)) is not None:
            raise EmbedderArgumentError(f"the text cannot be embedded: {why}")
        outcome: Vector | BaseException = await self._gathered(_Request(as_plain_text(text), input_type))
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def dimension(self) -> int:
        """Return the number of elements of the vectors; embed one word to find out, once.

        Within a component the number is memoized like the vectors: later updates send no request.

        Raises: as `embed`.
        """
        if self._size is None:
            self._size = await self._found_dimension()
        return self._size

    @coco.fn(memo=True)
    async def _found_dimension(self) -> int:
        (vector,) = await self._asked(["hello"], None)
        if isinstance(vector, Exception):
            raise vector
        return len(vector)

    async def __coco_vector_schema__(self) -> VectorSchema:
        import numpy as np

        return VectorSchema(np.dtype(np.float32), await self.dimension())

    def __coco_memo_key__(self) -> object:
        return (self._model, {name: value for name, value in self._kwargs.items() if name not in _UNKNOWN_TO_MEMOS})

    @coco.fn.as_async(batching=True)
    async def _gathered(self, requests: list[_Request]) -> list[Vector | BaseException]:
        """Embed all waiting texts in concurrent requests; return for each its vector or its error."""
        outcomes: list[Vector | BaseException] = [EmbedderError("not asked for")] * len(requests)

        async def ask(places: Sequence[int], input_type: str | None) -> None:
            halving = Halving(lambda texts, tries: self._asked(texts, input_type, tries), lambda: self._answers)
            for place, outcome in zip(places, await halving.outcomes([requests[i].text for i in places]), strict=True):
                outcomes[place] = outcome

        async with asyncio.TaskGroup() as group:
            for input_type in dict.fromkeys(each.input_type for each in requests):
                places = [i for i, each in enumerate(requests) if each.input_type == input_type]
                for first in range(0, len(places), _AT_ONCE):
                    group.create_task(ask(places[first : first + _AT_ONCE], input_type))
        return outcomes

    async def _asked(
        self, texts: list[str], input_type: str | None, tries: int | None = None
    ) -> Sequence[Vector | EmbedderError]:
        """Embed texts in one request; return for each its vector, or the error in the provider's answer for it."""
        litellm = await asyncio.to_thread(load_litellm)
        options = {"timeout": self._seconds} | self._kwargs
        if input_type is not None:
            options["input_type"] = input_type
        options |= format_options(litellm, self._model, options)

        async def send() -> Any:
            return await litellm.aembedding(model=self._model, input=texts, **options)

        async with self._gate():  # waiting for a slot does not count as the time of this request
            response = await request(self._model, self._seconds, send, tries)
        self._answers += 1
        return read_vectors(self._model, response, len(texts))

    def _gate(self) -> AbstractAsyncContextManager[object]:
        """Return the semaphore that limits concurrent requests; without a limit, a context manager without effect."""
        if self._most is None:
            return nullcontext()
        return self._gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._most))
