"""Closes async generators that are not read to their end. Layer: _component."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from typing import TypeVar

from .._runtime.block import async_block

T = TypeVar("T")


@async_block
async def closed(items: AsyncIterable[T]) -> AsyncGenerator[AsyncIterable[T], None]:
    """Yield `items`; if they are an async generator, close it at the end of the block.

    `async for` leaves it open after an exception. What it holds, such as a thread or a connection, would be released
    when garbage is collected, which may be after the update.
    """
    try:
        yield items
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
