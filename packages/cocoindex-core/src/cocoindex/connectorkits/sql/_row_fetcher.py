"""The rows of a table, read whenever they are iterated over, in lists and in constant memory.

Layer: connectorkits.
"""

from __future__ import annotations

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from cocoindex._shown import masked, shown

from ...errors import BlockingInLoopError
from ..async_adapters import sync_to_async_iter
from ..batched_items import BatchedItems, KeyedRows
from ._errors import SqlErrors
from ._unreadable_rows import UnreadableRows

if TYPE_CHECKING:
    from ..._keys import StableKey

__all__ = ["BlockingRowFetcher", "RowFetcher"]

RowT = TypeVar("RowT")


class RowFetcher(ABC, Generic[RowT]):
    """The rows of a table; every iteration reads the table anew, as it is when the iteration begins.

    A connector with an async driver derives its own; for one that blocks, see `BlockingRowFetcher`.

    Args:
        table: what to call the table in messages.
        row_factory: makes a row of a dict; rows are dicts where it is None.
        errors: what is raised.
        of: what to call the rows in messages, where "the table 'docs'" does not do.
    """

    def __init__(
        self,
        table: str,
        row_factory: Callable[[dict[str, Any]], RowT] | None,
        errors: SqlErrors,
        *,
        of: str = "",
    ) -> None:
        self._table = table
        self._of = of or f"the table {table!r}"
        self._row_factory = row_factory
        self._errors = errors

    def __repr__(self) -> str:
        return masked(f"{type(self).__name__}({self._table!r})")

    async def __aiter__(self) -> AsyncIterator[RowT]:
        """Stream the rows.

        Raises:
            the connector's errors: (a RuntimeError) there is no such table or column; (a ConnectionError) it cannot be
                read; (a ValueError) a row cannot be read as the row type.
        """
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                for row in batch:
                    yield row

    def __iter__(self) -> Iterator[RowT]:
        """Stream the rows, blocking; errors are those of asynchronous iteration.

        Raises:
            BlockingInLoopError: (a RuntimeError) an event loop is running in this thread.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self.iterate()
        raise BlockingInLoopError("for row in fetch_rows()", "…: async for row in fetch_rows()")

    def items(self, key: Callable[[RowT], StableKey]) -> BatchedItems[tuple[StableKey, RowT]]:
        """Stream pairs of key and row, for `coco.mount_each()`.

        Args:
            key: the key of a row; unique and the same in every run, such as its primary key.

        Raises:
            the connector's error of arguments: (a TypeError) `key` is not a sync function.
        """
        if not callable(key) or inspect.iscoroutinefunction(key):
            raise self._errors.argument(
                f"items() of {self._of} takes a sync function that gives the key of a row, such as lambda row: "
                f"row['id'], not {shown(key)}"
            )
        return KeyedRows(self.batches, key)

    def made(self, rows: list[dict[str, Any]]) -> list[RowT]:
        """What the program gets for these rows."""
        make = self._row_factory
        return cast("list[RowT]", rows) if make is None else [make(row) for row in rows]

    def unreadable(self) -> UnreadableRows:
        """Where one reading takes note of the rows that cannot be made what the program gets."""
        return UnreadableRows(self._table, self._errors.row)

    @abstractmethod
    def batches(self) -> AsyncGenerator[list[RowT], None]:
        """Read the rows, in lists."""

    @abstractmethod
    def iterate(self) -> Iterator[RowT]:
        """Read the rows one by one, in a thread without an event loop."""


class BlockingRowFetcher(RowFetcher[RowT]):
    """Rows that a generator reads, which blocks; under an event loop a thread of its own runs it, and closes it.

    Args:
        table: what to call the table in messages.
        read: gives the rows in lists of dicts, whenever it is called, and frees what it holds when it is closed.
        row_factory: makes a row of a dict; rows are dicts where it is None.
        errors: what is raised.
    """

    def __init__(
        self,
        table: str,
        read: Callable[[], Generator[list[dict[str, Any]], None, None]],
        row_factory: Callable[[dict[str, Any]], RowT] | None,
        errors: SqlErrors,
    ) -> None:
        super().__init__(table, row_factory, errors)
        self._read = read

    async def batches(self) -> AsyncGenerator[list[RowT], None]:
        """Read the rows, in lists, one ahead."""
        unreadable = self.unreadable()
        async with aclosing(sync_to_async_iter(self._read, max_queue_size=1)) as batches:
            async for rows in batches:
                yield unreadable.others(self.made, rows)
        unreadable.tell()

    def iterate(self) -> Iterator[RowT]:
        """Read the rows one by one."""
        unreadable = self.unreadable()
        batches = self._read()
        try:
            for rows in batches:
                yield from unreadable.others(self.made, rows)
        finally:
            batches.close()
        unreadable.tell()
