"""`start` and `runtime()` open the store, and make it; one that cannot be used is told, and nothing has started."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Callable, Iterator

import pytest

import cocoindex as coco


def start_blocking() -> None:
    coco.start_blocking()
    coco.stop_blocking()


def start() -> None:
    async def run() -> None:
        await coco.start()
        await coco.stop()

    asyncio.run(run())


def runtime() -> None:
    with coco.runtime():
        pass


def async_runtime() -> None:
    async def run() -> None:
        async with coco.runtime():
            pass

    asyncio.run(run())


WAYS = [start_blocking, start, runtime, async_runtime]


class Life:
    """Where the lifespan says that the store lies, and what ran of it."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.log: list[str] = []


@pytest.fixture
def life(tmp_path: pathlib.Path) -> Iterator[Life]:
    life = Life(tmp_path / "deep" / "inside")

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = life.path
        life.log.append("start")
        yield
        life.log.append("stop")

    yield life
    coco.stop_blocking()


@pytest.mark.parametrize("way", WAYS)
def test_it_is_made(life: Life, way: Callable[[], None]) -> None:
    way()
    assert (life.path / "data.mdb").exists()
    assert life.log == ["start", "stop"]


@pytest.mark.parametrize("way", WAYS)
def test_one_that_cannot_be_used(life: Life, way: Callable[[], None], tmp_path: pathlib.Path) -> None:
    good, life.path = life.path, tmp_path / "file"
    life.path.write_text("no store")
    for n in (1, 2):
        with pytest.raises(coco.errors.StoreOpenError, match="is a file"):
            way()
        assert life.log == ["start", "stop"] * n
    life.path = good
    way()
    assert life.log == ["start", "stop"] * 3


def test_of_an_environment_that_runs_already(life: Life) -> None:
    assert coco.default_env().name == "default"
    assert not life.path.exists()
    coco.start_blocking()
    assert life.path.exists()
    assert life.log == ["start"]
