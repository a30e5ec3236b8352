"""A listing that is not read to its end is closed at once, however the source makes its async generator."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.polling import polling

SPOILT: Any = ("no", "pair", "of", "key", "and", "value")


class Source:
    """Lists an item that nobody can take, and says whether its listing was closed."""

    def __init__(self) -> None:
        self.is_open = False

    async def __aiter__(self) -> AsyncIterator[Any]:
        self.is_open = True
        try:
            yield "good", 1
            yield SPOILT
            yield "good too", 2
        finally:
            self.is_open = False

    def listed(self) -> AsyncIterator[Any]:
        return self.__aiter__()


class View(Source):
    """The same as a live map."""

    async def watch(self, subscriber: Any) -> None:
        with pytest.raises(Exception):  # noqa: B017  # of any kind: it is not what is tested
            await self.list(subscriber)
        assert not self.is_open

    async def list(self, subscriber: Any) -> None:
        await subscriber.update_all()


class Emptied(View):
    async def list(self, subscriber: Any) -> None:
        await subscriber.remove_others()


class Batched(Emptied):
    async def batches(self) -> AsyncIterator[list[Any]]:
        self.is_open = True
        try:
            yield [("good", 1), SPOILT]
        finally:
            self.is_open = False


@coco.fn
async def one(value: int) -> None:
    pass


async def refuses(item: Any) -> None:
    pass


def refuses_at_once(item: Any) -> Any:
    return refuses(item) if item != SPOILT else None


async def each(source: Source) -> None:
    await coco.mount_each(one, source)


async def each_listed(source: Source) -> None:
    await coco.mount_each(one, source.listed())


async def mapped(source: Source) -> None:
    await coco.map(refuses_at_once, source)


async def mapped_polled(source: Source) -> None:
    await coco.map(refuses_at_once, polling(source, datetime.timedelta(hours=1)))


@pytest.mark.parametrize("read", [each, each_listed, mapped, mapped_polled])
def test_a_source(make_app: Any, read: Any) -> None:
    source = Source()

    @coco.fn
    async def main() -> None:
        with pytest.raises(Exception):  # noqa: B017
            await read(source)
        assert not source.is_open

    make_app(main).update_blocking()


@pytest.mark.parametrize("view", [View, Emptied, Batched])
def test_a_view(make_app: Any, view: type[View]) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount_each(one, view())

    make_app(main).update_blocking()
