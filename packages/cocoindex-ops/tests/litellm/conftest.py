"""A provider, apps that use it, and pauses that take no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.ops.litellm._library import load_litellm

from .provider import Provider, let_go

Main = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture(scope="session", autouse=True)
def loaded() -> None:
    """LiteLLM loads more with its first answer and its first failure, in seconds: no limit of a test may count them."""
    started = Provider()
    started.answers += [(400, {}, "a failure")]

    async def load() -> None:
        ask = load_litellm().aembedding
        with suppress(Exception):
            await ask(model="openai/m", input=["a"], api_base=started.url, api_key="none", max_retries=0)
        await ask(model="openai/m", input=["a"], api_base=started.url, api_key="none")
        await let_go()

    asyncio.run(load())
    started.stop()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider of this test's own."""
    started = Provider()
    yield started
    started.stop()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited between attempts."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float, result: object = None) -> None:
        if seconds > 0:
            waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr("cocoindex.connectorkits.retry.asyncio.sleep", note)
    return waited


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Main], None]:
    """Runs a function as an app; each time on the same store."""

    def run(main: Main) -> None:
        async def update() -> None:
            environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
            try:
                await coco.App(coco.AppConfig("app", environment=environment), coco.fn(main)).update()
            finally:
                environment.close()
                await let_go()

        asyncio.run(update())

    return run
