"""Closes async generators that are not read to their end. Layer: _runtime."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from typing import Generic, TypeVar

from .block import async_block

T = TypeVar("T")


@async_block
async def closed(items: AsyncIterable[T]) -> AsyncGenerator[AsyncIterable[T], None]:
    """Yield `items`; if they are an async generator, or their `__aiter__` is one, close it at the end of the block.

    `async for` leaves it open after an exception. What it holds, such as a thread or a connection, would be released
    when garbage is collected, which may be after the update.
    """
    read = _Read(items)
    try:
        yield read
    finally:
        if isinstance(read.iterator, AsyncGenerator):
            await read.iterator.aclose()


class _Read(Generic[T]):
    """Items to be read once, whose iterator is remembered."""

    __slots__ = ("_items", "iterator")

    def __init__(self, items: AsyncIterable[T]) -> None:
        self._items = items
        self.iterator: AsyncIterator[T] | None = None

    def __aiter__(self) -> AsyncIterator[T]:
        self.iterator = aiter(self._items)
        return self.iterator
