"""A text on which the provider fails does so alone, and a provider that is down is asked again as before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cocoindex.errors import DeadlineExceededError
from cocoindex.ops.litellm import LiteLLMEmbedder
from cocoindex.ops.litellm.errors import ModelRequestError
from cocoindex.resources.embedder import EmbedderError

from .provider import Provider

Run = Callable[[Any], None]
TEXTS = [f"text {number}" for number in range(64)]


async def outcomes(provider: Provider, texts: list[str], **options: Any) -> list[Any]:
    model = LiteLLMEmbedder("openai/m", api_base=provider.url, api_key="k", max_retries=0, **options)
    return await asyncio.gather(*(model.embed(text) for text in texts), return_exceptions=True)


@pytest.mark.parametrize("place", [0, 37])
@pytest.mark.parametrize("status", [424, 500])
def test_it_fails_alone(provider: Provider, run: Run, pauses: list[float], status: int, place: int) -> None:
    texts = [*TEXTS]
    texts[place] = f"{status} at this text"

    async def main() -> None:
        found = await outcomes(provider, texts)
        failed = found.pop(place)
        assert isinstance(failed, ModelRequestError) and failed.status_code == status
        assert all(len(vector) == 3 for vector in found)

    run(main)
    assert len(provider.embedded) < 20


@pytest.mark.parametrize("place", [0, 37])
def test_one_without_an_answer_fails_alone(provider: Provider, run: Run, place: int) -> None:
    texts = [*TEXTS]
    texts[place] = "silence at this text"

    async def main() -> None:
        found = await outcomes(provider, texts, timeout=0.5)
        assert isinstance(found.pop(place), DeadlineExceededError)
        assert all(len(vector) == 3 for vector in found)

    run(main)
    assert len(provider.embedded) < 20


def test_one_on_which_a_server_behind_the_provider_stops_fails_alone(
    provider: Provider, run: Run, pauses: list[float]
) -> None:
    texts = [*TEXTS]
    texts[37] = "503 at this text"

    async def main() -> None:
        found = await outcomes(provider, texts, timeout=0.5)
        failed = found.pop(37)
        assert isinstance(failed, ModelRequestError) and failed.status_code == 503
        assert all(len(vector) == 3 for vector in found)

    run(main)


@pytest.mark.parametrize("place", [0, 37])
def test_one_that_is_left_out_of_the_answer_fails_alone(provider: Provider, run: Run, place: int) -> None:
    texts = [*TEXTS]
    texts[place] = "left out"

    async def main() -> None:
        found = await outcomes(provider, texts)
        failed = found.pop(place)
        assert isinstance(failed, EmbedderError) and "gave 0 vectors for 1 texts" in str(failed)
        assert all(len(vector) == 3 for vector in found)

    run(main)


def test_a_provider_that_never_answers_is_asked_three_times(provider: Provider, run: Run) -> None:
    provider.gate.clear()

    async def main() -> None:
        found = await outcomes(provider, TEXTS, timeout=0.5)
        assert all(isinstance(each, DeadlineExceededError) for each in found)

    run(main)
    assert len(provider.embedded) == 3


def test_several_fail_alone(provider: Provider, run: Run, pauses: list[float]) -> None:
    texts = [*TEXTS]
    for place in (0, 1, 2, 40, 63):
        texts[place] = "500 at this text"

    async def main() -> None:
        found = await outcomes(provider, texts)
        assert [isinstance(each, ModelRequestError) for each in found] == [text.startswith("500") for text in texts]

    run(main)


def test_a_provider_that_was_down(provider: Provider, run: Run, pauses: list[float]) -> None:
    provider.answers += [(500, {}, {"error": {"message": "starting"}})] * 40

    async def main() -> None:
        assert all(len(vector) == 3 for vector in await outcomes(provider, TEXTS))

    run(main)


def test_a_provider_that_stays_down(provider: Provider, run: Run, pauses: list[float]) -> None:
    async def main() -> None:
        found = await outcomes(provider, ["500 a", "500 b"], timeout=1)
        assert all(isinstance(each, ModelRequestError | DeadlineExceededError) for each in found)

    run(main)
