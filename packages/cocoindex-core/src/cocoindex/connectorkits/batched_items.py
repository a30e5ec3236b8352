"""The results of `items()` of a source: pairs of key and item, which `coco.mount_each()` reads in batches.

Connector kit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Generic, TypeVar

from .._keys import StableKey

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT")


class BatchedItems(ABC, Generic[ItemT]):
    """Items of a source that arrive in batches: a page of a listing, the rows of one fetch.

    Iterate with `async for`, any number of times; each iteration reads the source again. `coco.mount_each()` uses the
    batches to look up, start and write many children together.
    """

    __slots__ = ()

    @abstractmethod
    def batches(self) -> AsyncGenerator[list[ItemT], None]:
        """Yield the items in lists, as they arrive; for `mount_each`, pairs of key and item."""

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                for item in batch:
                    yield item


class KeyedRows(BatchedItems[tuple[StableKey, RowT]]):
    """Rows with their keys.

    Args:
        batches: reads the source each time it is called, and yields its rows in lists.
        key: returns the key of a row: unique, and the same in every run.
    """

    __slots__ = ("_batches", "_key")

    def __init__(
        self, batches: Callable[[], AsyncGenerator[list[RowT], None]], key: Callable[[RowT], StableKey]
    ) -> None:
        self._batches = batches
        self._key = key

    async def batches(self) -> AsyncGenerator[list[tuple[StableKey, RowT]], None]:
        """Yield lists of pairs of key and row."""
        key = self._key
        async with aclosing(self._batches()) as batches:
            async for batch in batches:
                yield [(key(row), row) for row in batch]
