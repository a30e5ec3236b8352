"""`LiteLLMTranscriber` sends a recording and returns what is said in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import pytest

from cocoindex.ops.litellm import LiteLLMTranscriber
from cocoindex.ops.litellm.errors import ModelRequestError
from cocoindex.resources.embedder import EmbedderArgumentError
from cocoindex.resources.file import FileLike, FileMetadata, FilePath

from .provider import Provider

Run = Callable[[Any], None]


class Recording(FileLike[str]):
    async def _fetch_metadata(self) -> FileMetadata:
        return FileMetadata(8, datetime(2024, 1, 1, tzinfo=UTC))

    async def _read_impl(self, size: int = -1) -> bytes:
        return b"RIFFxxxx"


RECORDING = Recording(FilePath(None, PurePosixPath("talks/one.wav")))


def transcriber(provider: Provider, **options: Any) -> LiteLLMTranscriber:
    return LiteLLMTranscriber("whisper-1", api_base=provider.url, api_key="k", **options)


def test_the_recording_is_sent_with_its_name(provider: Provider, run: Run) -> None:
    async def main() -> None:
        assert await transcriber(provider).transcribe(RECORDING) == "hello"

    run(main)
    (body,) = provider.heard
    assert b"RIFFxxxx" in body and b'filename="one.wav"' in body and b"whisper-1" in body


def test_arguments_of_a_call_go_before_those_of_the_transcriber(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = transcriber(provider, language="en", prompt="names")
        await model.transcribe(RECORDING, language="de", response_format="verbose_json")

    run(main)
    (body,) = provider.heard
    assert b"\r\nde\r\n" in body and b"\r\nnames\r\n" in body and b"\r\nverbose_json\r\n" in body
    assert b"\r\nen\r\n" not in body


def test_a_busy_provider_is_asked_again_with_the_whole_recording(
    provider: Provider, run: Run, pauses: list[float]
) -> None:
    provider.answers += [(429, {"Retry-After": "2"}, {"error": {"message": "busy"}})]

    async def main() -> None:
        assert await transcriber(provider).transcribe(RECORDING) == "hello"

    run(main)
    assert pauses == [2.0]
    assert all(b"RIFFxxxx" in body for body in provider.heard) and len(provider.heard) == 2


def test_a_refused_recording_is_an_error(provider: Provider, run: Run) -> None:
    provider.answers += [(400, {}, {"error": {"message": "no such language"}})]

    async def main() -> None:
        with pytest.raises(ModelRequestError, match="no such language"):
            await transcriber(provider).transcribe(RECORDING)

    run(main)


def test_the_time_is_set_for_all_requests_and_a_recording_is_a_file(provider: Provider, run: Run) -> None:
    async def main() -> None:
        with pytest.raises(EmbedderArgumentError, match="timeout"):
            await transcriber(provider).transcribe(RECORDING, timeout=3)
        with pytest.raises(EmbedderArgumentError, match="FileLike"):
            await transcriber(provider).transcribe("one.wav")

    run(main)
    with pytest.raises(EmbedderArgumentError, match="model"):
        LiteLLMTranscriber("")


class Looks:
    """A file of somebody's own."""

    file_path = PurePosixPath("talks/two.mp3")

    def __init__(self, content: Any) -> None:
        self._content = content

    async def read(self) -> Any:
        return self._content


class Reads(Looks):
    def read(self) -> Any:  # not async, as open files are
        return self._content


@pytest.mark.parametrize("recording", [Looks(b"RIFFyyyy"), Reads(b"RIFFyyyy"), Reads(bytearray(b"RIFFyyyy"))])
def test_anything_that_looks_like_a_file(provider: Provider, run: Run, recording: Looks) -> None:
    async def main() -> None:
        model = LiteLLMTranscriber("openai/whisper-1", api_base=provider.url, api_key="k")
        assert await model.transcribe(recording) == "hello"

    run(main)
    (body,) = provider.heard
    assert b"RIFFyyyy" in body and b'filename="two.mp3"' in body


def test_a_recording_that_is_no_bytes(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = LiteLLMTranscriber("openai/whisper-1", api_base=provider.url, api_key="k")
        with pytest.raises(EmbedderArgumentError, match="gives bytes"):
            await model.transcribe(Looks("text"))

    run(main)


@pytest.mark.parametrize("answer", [{"text": None}, {}, {"text": 5}])
def test_an_answer_without_text_is_an_error(provider: Provider, run: Run, answer: dict[str, Any]) -> None:
    provider.answers += [(200, {}, answer)]

    async def main() -> None:
        with pytest.raises(ModelRequestError):
            await transcriber(provider).transcribe(RECORDING)

    run(main)


def test_a_view_with_gaps_is_sent_as_it_reads(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = LiteLLMTranscriber("openai/whisper-1", api_base=provider.url, api_key="k")
        await model.transcribe(Looks(memoryview(b"R-I-F-F-")[::2]))

    run(main)
    assert b"RIFF" in provider.heard[0]
