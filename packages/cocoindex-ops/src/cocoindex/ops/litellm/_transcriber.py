"""`LiteLLMTranscriber`: converts recordings to text with a provider's model. Ops layer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any, Protocol

import cocoindex as coco
from cocoindex.connectorkits import masked, shown
from cocoindex.resources.embedder import EmbedderArgumentError

from ._library import load_litellm
from ._request import as_seconds, request
from .errors import ModelRequestError


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class Recording(Protocol):
    """A recording: a file of a source, or an object with the same interface."""

    @property
    def file_path(self) -> _Named:
        """Its `name` has the suffix of its format: `.mp3` ..."""
        ...

    def read(self) -> Awaitable[bytes] | bytes:
        """Return the whole content."""
        ...


class LiteLLMTranscriber:
    """Transcribes recordings with a model of LiteLLM.

    Args:
        model: LiteLLM's name of the model: "whisper-1", "groq/whisper-large-v3", "elevenlabs/scribe_v1" ...
        timeout: time limit of a request with all its attempts and pauses, a timedelta or seconds; None means 10
            minutes. A request contains a whole recording.
        **kwargs: passed to each call of `litellm.atranscription`: `api_key`, `language` ... All except `api_key` are
            part of memo keys.

    Raises:
        EmbedderArgumentError: (a `TypeError`) an argument has the wrong type or value.
    """

    def __init__(self, model: str, *, timeout: timedelta | float | None = None, **kwargs: Any) -> None:
        if not isinstance(model, str) or not model:
            raise EmbedderArgumentError(f"model must be the name of a model of LiteLLM, not {shown(model)}")
        self._model = model
        self._seconds = as_seconds(timeout)
        self._kwargs = kwargs

    def __repr__(self) -> str:
        return masked(f"LiteLLMTranscriber({self._model!r})")

    @coco.fn
    async def transcribe(self, file: Recording, **kwargs: Any) -> str:
        """Return the transcript of a recording.

        Args:
            file: a file of a source, or an object with `file_path.name`, whose suffix says the format, and a sync or
                async `read()` that returns bytes.
            **kwargs: options of this call, overriding the transcriber's: `response_format`, `prompt` ...

        Raises:
            ModelRequestError: (a `RuntimeError`) the provider refused, returned no text, or still failed at the time
                limit.
            DeadlineExceededError: (a `TimeoutError`) no answer in time.
            EmbedderArgumentError: (a `TypeError`) `timeout` is among the options, or `file` is not a recording.
            MissingExtraError: (an `ImportError`) litellm is not installed.
        """
        if "timeout" in kwargs:
            raise EmbedderArgumentError("timeout is given to LiteLLMTranscriber(), for all of its requests")
        name = getattr(getattr(file, "file_path", None), "name", None)
        if not isinstance(name, str) or not callable(getattr(file, "read", None)):
            raise EmbedderArgumentError(
                f"file is a FileLike, such as localfs.File, or has `file_path.name` and `read()`, not {shown(file)}"
            )
        litellm = await asyncio.to_thread(load_litellm)
        options = {"timeout": self._seconds} | self._kwargs | kwargs
        read = file.read()
        content = await read if isinstance(read, Awaitable) else read
        if not isinstance(content, bytes | bytearray | memoryview):
            raise EmbedderArgumentError(f"read() of a recording gives bytes, not a {type(content).__name__}")

        data = bytes(content)

        async def send() -> Any:
            recording = BytesIO(data)
            recording.name = name
            return await litellm.atranscription(model=self._model, file=recording, **options)

        answer = await request(self._model, self._seconds, send)
        text = answer.get("text") if isinstance(answer, Mapping) else getattr(answer, "text", answer)
        if not isinstance(text, str):
            raise ModelRequestError(self._model, None, f"its answer has no text: {shown(answer)}")
        return text

    def __coco_memo_key__(self) -> object:
        return (self._model, {name: value for name, value in self._kwargs.items() if name != "api_key"})
