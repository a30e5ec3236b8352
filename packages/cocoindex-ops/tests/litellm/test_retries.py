"""A request that fails for now is made again, as late as the provider asks for; any other failure is final."""

from __future__ import annotations

import asyncio
import email.utils
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from cocoindex.errors import DeadlineExceededError
from cocoindex.ops.litellm import LiteLLMEmbedder
from cocoindex.ops.litellm.errors import ModelRequestError

from .provider import Provider

Run = Callable[[Any], None]
WHY = {"error": {"message": "as told"}}


def embedder(url: str, **options: Any) -> LiteLLMEmbedder:
    return LiteLLMEmbedder("openai/m", **{"api_base": url, "api_key": "k", **options})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408, 409])
def test_what_fails_for_now_is_asked_again(provider: Provider, run: Run, pauses: list[float], status: int) -> None:
    provider.answers += [(status, {}, WHY)] * 2

    async def main() -> None:
        assert len(await embedder(provider.url).embed("a")) == 3

    run(main)
    assert len(provider.embedded) == 3
    assert len(pauses) == 2 and all(0 < pause <= 1.0 for pause in pauses)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_is_refused_is_not(provider: Provider, run: Run, pauses: list[float], status: int) -> None:
    provider.answers += [(status, {}, WHY)]

    async def main() -> None:
        with pytest.raises(ModelRequestError, match="as told") as refusal:
            await embedder(provider.url).embed("a")
        assert refusal.value.status_code == status and refusal.value.model == "openai/m"

    run(main)
    assert len(provider.embedded) == 1 and pauses == []


def test_the_provider_says_how_long_to_wait(provider: Provider, run: Run, pauses: list[float]) -> None:
    date = email.utils.formatdate(time.time() + 90, usegmt=True)
    provider.answers += [(429, {"Retry-After": "30"}, WHY), (503, {"Retry-After": date}, WHY)]

    async def main() -> None:
        await embedder(provider.url).embed("a")

    run(main)
    assert pauses[0] == 30.0
    assert 80 < pauses[1] <= 90


def test_a_pause_that_is_longer_than_the_time_is_not_begun(provider: Provider, run: Run, pauses: list[float]) -> None:
    provider.answers += [(429, {"Retry-After": "30"}, WHY)]

    async def main() -> None:
        with pytest.raises(ModelRequestError) as failed:
            await embedder(provider.url, timeout=10).embed("a")
        assert failed.value.status_code == 429

    run(main)
    assert pauses == []


def test_a_provider_that_is_not_there_is_asked_again(run: Run, pauses: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))

        async def main() -> None:
            model = embedder(f"http://127.0.0.1:{unused.getsockname()[1]}/v1", timeout=3, max_retries=0)
            with pytest.raises((ModelRequestError, DeadlineExceededError)):  # the time may end during an attempt
                await model.embed("a")

        run(main)
    assert pauses != []


def test_a_request_without_credentials_is_not_made_again(
    provider: Provider, run: Run, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    async def main() -> None:
        with pytest.raises(ModelRequestError, match="credentials"):
            await embedder(provider.url, api_key=None).embed("a")

    run(main)
    assert pauses == [] and provider.embedded == []


def test_a_request_that_nobody_has_paid_for_is_not_made_again(
    provider: Provider, run: Run, pauses: list[float]
) -> None:
    error = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    provider.answers += [(429, {}, {"error": error})]

    async def main() -> None:
        with pytest.raises(ModelRequestError, match="current quota") as refusal:
            await embedder(provider.url).embed("a")
        assert refusal.value.status_code == 402

    run(main)
    assert len(provider.embedded) == 1 and pauses == []


def test_a_request_that_waits_for_a_slot_has_all_its_time_left(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = embedder(provider.url, timeout=0.5, max_inflight_requests=1)
        asked = [model.embed("silence"), model.embed("a", "another input type")]
        found: list[Any] = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(found[0], DeadlineExceededError)
        assert len(found[1]) == 3

    run(main)


def test_a_request_that_is_not_answered_ends_with_the_time(provider: Provider, run: Run) -> None:
    provider.gate.clear()

    async def main() -> None:
        with pytest.raises(DeadlineExceededError, match=r"'openai/m' gave no answer within 0\.2 seconds"):
            await embedder(provider.url, timeout=0.2).embed("a")
        provider.gate.set()

    run(main)


def test_an_unknown_model_is_refused(run: Run, pauses: list[float]) -> None:
    async def main() -> None:
        with pytest.raises(ModelRequestError, match="nobody/m"):
            await LiteLLMEmbedder("nobody/m").embed("a")

    run(main)
    assert pauses == []


def test_a_failure_of_the_library_itself_is_not_waited_out(provider: Provider, run: Run, pauses: list[float]) -> None:
    async def main() -> None:
        with pytest.raises(ModelRequestError, match="not JSON serializable"):
            await embedder(provider.url, extra_body={"it": {1, 2}}).dimension()

    run(main)
    assert pauses == [] and provider.embedded == []
