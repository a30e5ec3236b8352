"""`polling` makes a live view of what can only be listed."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits import polling
from cocoindex.connectorkits.batched_items import KeyedRows
from cocoindex.errors import ConnectorKitError
from cocoindex.testing import LiveSourceDriver, LiveSourceSuite, RecordingTarget

from .driven import live

Item = tuple[Any, Any]
SOON = datetime.timedelta(milliseconds=5)


class Listed(LiveSourceDriver[Item]):
    """A dict that says nothing."""

    def __init__(self) -> None:
        self.items: dict[Any, Any] = {}

    async def source(self) -> Any:
        return polling(self.list, SOON)

    async def list(self) -> AsyncIterator[tuple[Any, Item]]:
        for item in list(self.items.items()):
            yield item[0], item

    async def read(self, item: Item) -> Item:
        return item

    async def put(self, key: Any, value: Any) -> None:
        self.items[key] = value

    async def remove(self, key: Any) -> None:
        del self.items[key]


class Asked(Listed):
    """A dict that says whether it has changed, and whose listing breaks off now and then."""

    disconnects = True

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[Any, Any] = {}
        self._broken = False

    async def source(self) -> Any:
        return polling(self.list, SOON, changed=self._changed)

    async def _changed(self) -> bool:
        if self._broken:
            raise ConnectionError("no answer")
        before, self._seen = self._seen, dict(self.items)
        return before != self._seen

    async def list(self) -> AsyncIterator[tuple[Any, Item]]:
        async for pair in super().list():
            if self._broken:
                raise ConnectionError("broken off")
            yield pair

    async def disconnect(self) -> None:
        self._broken = True

    async def reconnect(self) -> None:
        self._broken = False


class Paged(Listed):
    """Rows in batches."""

    async def source(self) -> Any:
        return polling(KeyedRows(self._pages, lambda item: item[0]), SOON)

    async def _pages(self) -> Any:
        yield list(self.items.items())


class TestOfWhatIsListed(LiveSourceSuite):
    @pytest.fixture
    def driver(self) -> Listed:
        return Listed()


class TestOfWhatIsAsked(LiveSourceSuite):
    @pytest.fixture
    def driver(self) -> Asked:
        return Asked()


class TestOfPages(LiveSourceSuite):
    @pytest.fixture
    def driver(self) -> Paged:
        return Paged()


def test_it_is_listed_only_when_it_has_changed(make_app: Any) -> None:
    target, listed, answers = RecordingTarget(), [], asyncio.Queue[bool]()
    again = asyncio.Event()

    def rows() -> Iterator[tuple[int, int]]:
        listed.append(answers.qsize())
        yield 1, len(listed)
        if len(listed) == 2:
            again.set()

    async def main() -> None:
        async def keep(row: int) -> None:
            target.declare("row", row)

        @coco.fn
        async def watch() -> None:
            await coco.mount_each(keep, polling(rows, SOON, changed=answers.get))

        answers.put_nowait(True)  # asked before the first listing
        async with live(make_app(watch)):
            assert target.data == {"row": 1}
            for answer in (False, False, True, False):
                answers.put_nowait(answer)
            await again.wait()
        assert listed == [0, 1]

    asyncio.run(main())


@pytest.mark.parametrize("source", [iter([]), map(str, []), 7, None])
def test_what_cannot_be_listed_again_is_refused(source: Any) -> None:
    with pytest.raises(ConnectorKitError):
        polling(source, SOON)


@pytest.mark.parametrize("interval", [5, None, datetime.timedelta(0), datetime.timedelta(seconds=-1)])
def test_the_interval_is_a_time_above_zero(interval: Any) -> None:
    with pytest.raises(ConnectorKitError):
        polling([], interval)


def test_changed_is_a_function() -> None:
    with pytest.raises(ConnectorKitError):
        polling([], SOON, changed=True)  # type: ignore[arg-type]
