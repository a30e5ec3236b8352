"""A source in memory whose items are read one by one, and any of the flaws that sources have."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.testing import SourceDriver


class Book(NamedTuple):
    """What lies on the shelf under a name: its text, and when it was put there."""

    text: str
    time: int


_NONE = Book("", 0)


class Item:
    """An item of a listing: it knows where it lies, and reads it when it is asked."""

    def __init__(self, shelf: Shelf, key: str, listed: Book) -> None:
        self.shelf = shelf
        self.key = key
        self.listed = listed

    def __coco_memo_key__(self) -> object:
        return self.key

    def __coco_memo_state__(self, previous: Any) -> coco.MemoStateOutcome:
        book = self.shelf.books.get(self.key, _NONE)
        state: object = {
            "tells no changes": None,
            "tells a change each time": next(self.shelf.numbers),
            "looks at the time": book.time,
            "looks at size and time": (len(book.text), book.time),
        }.get(self.shelf.flaw, book.text)
        return coco.MemoStateOutcome(state, memo_valid=previous == state)


class Shelf(SourceDriver[Item]):
    """A shelf with books."""

    suite_version = "0.2"
    large = 100_000

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.books: dict[str, Book] = {}
        self.numbers = itertools.count()
        self._ever: dict[str, None] = {}
        self._many = 0
        self._broken = False

    async def source(self) -> Any:
        if self.flaw == "keeps all items":
            return [pair async for pair in self._items()]
        return self._items()

    async def _items(self) -> AsyncIterator[tuple[coco.StableKey, Item]]:
        listed = dict(self.books)
        keys = sorted(self._ever if self.flaw == "forgets no item" else self.books)
        if self.flaw == "skips the last item":
            keys = keys[:-1]
        for number, key in enumerate(keys):
            if self._broken and number == len(keys) // 2:
                if self.flaw == "hides that it breaks":
                    return
                raise ConnectionError("the shelf is away")
            if self.flaw == "breaks where an item vanishes":
                self.books[key]
            yield (number if self.flaw == "numbers its items" else key), Item(self, key, listed.get(key, _NONE))
        for number in range(self._many):
            yield f"many{number}", Item(self, f"many{number}", _NONE)

    async def read(self, item: Item) -> tuple[coco.StableKey, str]:
        if self.flaw == "reads what it listed":
            return item.key, item.listed.text
        if self.flaw == "forgets no item":
            return item.key, self.books.get(item.key, _NONE).text
        return item.key, self.books[item.key].text

    async def put(self, key: coco.StableKey, value: str) -> None:
        self._ever[str(key)] = None
        self.books[str(key)] = Book(value, next(self.numbers))

    async def remove(self, key: coco.StableKey) -> None:
        del self.books[str(key)]

    async def put_alike(self, key: coco.StableKey, value: str) -> None:
        self.books[str(key)] = self.books[str(key)]._replace(text=value)

    async def break_listing(self) -> None:
        self._broken = True

    async def mend_listing(self) -> None:
        self._broken = False

    async def fill(self, count: int) -> None:
        self._many += count
