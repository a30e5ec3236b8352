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

from .provider import Answer, Provider

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


@pytest.mark.parametrize("places", [(0, 33), (5, 20, 36, 52), (0, 9, 20, 21, 30, 41, 50)])
def test_several_that_are_never_answered_fail_alone(
    provider: Provider, run: Run, pauses: list[float], places: tuple[int, ...]
) -> None:
    texts = [f"busy at {text}" if place in places else text for place, text in enumerate(TEXTS)]

    async def main() -> None:
        found = await outcomes(provider, texts, timeout=60)
        failed = [place for place, each in enumerate(found) if isinstance(each, BaseException)]
        assert failed == [*places]
        assert all(isinstance(found[place], ModelRequestError) for place in places)

    run(main)
    assert len(provider.embedded) < 50


TOO_MANY = "Request too large for m on tokens per min (TPM): Limit 200, Requested 448. Reduce the tokens."


@pytest.mark.parametrize(
    "answer",
    [
        (429, {"Retry-After": "5000"}, {"error": {"message": "slow down"}}),
        (429, {}, {"error": {"message": TOO_MANY, "code": "rate_limit_exceeded"}}),
        (
            413,
            {},
            {"error": {"message": "Request too large on tokens per minute (TPM)", "code": "rate_limit_exceeded"}},
        ),
    ],
    ids=["429 to the end of the time", "429 that says why", "413 that LiteLLM calls 429"],
)
def test_a_request_for_more_than_the_quota_is_halved(
    provider: Provider, run: Run, pauses: list[float], answer: Answer
) -> None:
    provider.most, provider.too_many = 200, answer

    async def main() -> None:
        assert all(len(vector) == 3 for vector in await outcomes(provider, TEXTS, timeout=60))

    run(main)
    assert len(provider.embedded) < 16 and pauses == []


def test_a_provider_that_never_answers_is_asked_three_times_and_then_with_eighths(provider: Provider, run: Run) -> None:
    provider.gate.clear()

    async def main() -> None:
        found = await outcomes(provider, TEXTS, timeout=0.5)
        assert all(isinstance(each, DeadlineExceededError) for each in found)

    run(main)
    sizes = [len(asked["input"]) for asked in provider.embedded]
    assert sizes[:3] == [64, 32, 32] and len(sizes) <= 11 and {*sizes[3:]} == {8}


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
