"""`LiteLLMTranscriber`: turns recordings into text by a provider's model. Ops layer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import Any

import cocoindex as coco
from cocoindex.errors import EmbedderArgumentError
from cocoindex.resources.file import FileLike

from ._library import load_litellm
from ._request import as_seconds, request


class LiteLLMTranscriber:
    """Transcribes recordings by a model that LiteLLM knows.

    Args:
        model: as LiteLLM names it: "whisper-1", "groq/whisper-large-v3", "elevenlabs/scribe_v1" ...
        timeout: how long a request may take, with all attempts and pauses: a timedelta or seconds; 10 minutes where it
            is None. A request carries a whole recording.
        **kwargs: given to each call of `litellm.atranscription`: `api_key`, `language` ... All but the key count for
            memos.

    Raises:
        EmbedderArgumentError: (a `TypeError`) an argument has another type, or cannot be what it should.
    """

    def __init__(self, model: str, *, timeout: timedelta | float | None = None, **kwargs: Any) -> None:
        if not isinstance(model, str) or not model:
            raise EmbedderArgumentError(f"model is the name of a model as LiteLLM has it, not {model!r}")
        self._model = model
        self._seconds = as_seconds(timeout)
        self._kwargs = kwargs

    def __repr__(self) -> str:
        return f"LiteLLMTranscriber({self._model!r})"

    @coco.fn
    async def transcribe(self, file: FileLike[Any], **kwargs: Any) -> str:
        """Return what is said in a recording.

        Args:
            file: the recording; the end of its name tells the provider what it is.
            **kwargs: for this call, before those that the transcriber was made with: `response_format`, `prompt` ...

        Raises:
            ModelRequestError: (a `RuntimeError`) the provider refused, or still failed when the time was over.
            DeadlineExceededError: (a `TimeoutError`) no answer came in time.
            EmbedderArgumentError: (a `TypeError`) `timeout` is given here, or `file` is no file.
            MissingExtraError: (an `ImportError`) litellm is not installed.
        """
        if "timeout" in kwargs:
            raise EmbedderArgumentError("timeout is given to LiteLLMTranscriber(), for all of its requests")
        if not isinstance(file, FileLike):
            raise EmbedderArgumentError(f"file is a FileLike, such as localfs.File, not {file!r}")
        litellm = await asyncio.to_thread(load_litellm)
        options = {"timeout": self._seconds} | self._kwargs | kwargs
        content, name = await file.read(), file.file_path.name

        async def send() -> Any:
            recording = BytesIO(content)
            recording.name = name
            return await litellm.atranscription(model=self._model, file=recording, **options)

        answer = await request(self._model, self._seconds, send)
        return answer if isinstance(answer, str) else str(answer.text)

    def __coco_memo_key__(self) -> object:
        return (self._model, {name: value for name, value in self._kwargs.items() if name != "api_key"})
