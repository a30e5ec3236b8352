"""The rows of a source table, read in lists and in constant memory.

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
    """The rows of a table. Each iteration reads the table again, as it is when the iteration begins.

    A connector with an async driver derives its own subclass; for a blocking driver, use `BlockingRowFetcher`.

    Args:
        table: the name of the table in messages.
        row_factory: converts a dict to a row; None to return dicts.
        errors: the exception classes to raise.
        of: the name of the source in messages; by default "the table" with its name.
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
        """Iterate over the rows.

        Raises:
            the connector's errors: (a RuntimeError) the table or a column does not exist; (a ConnectionError) the table
            cannot
                be read; (a ValueError) a row cannot be converted to the row type.
        """
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                for row in batch:
                    yield row

    def __iter__(self) -> Iterator[RowT]:
        """Iterate over the rows, blocking; raises the same errors as asynchronous iteration.

        Raises:
            BlockingInLoopError: (a RuntimeError) an event loop is running in this thread.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self.iterate()
        raise BlockingInLoopError("for row in fetch_rows()", "…: async for row in fetch_rows()")

    def items(self, key: Callable[[RowT], StableKey]) -> BatchedItems[tuple[StableKey, RowT]]:
        """Return pairs of key and row, for `coco.mount_each()`.

        Args:
            key: returns the key of a row: unique, and the same in every run, such as the primary key.

        Raises:
            the connector's argument error: (a TypeError) `key` is not a sync function.
        """
        if not callable(key) or inspect.iscoroutinefunction(key):
            raise self._errors.argument(
                f"items() of {self._of} takes a sync function that gives the key of a row, such as lambda row: "
                f"row['id'], not {shown(key)}"
            )
        return KeyedRows(self.batches, key)

    def made(self, rows: list[dict[str, Any]]) -> list[RowT]:
        """Convert rows of the database to the rows that the program gets."""
        make = self._row_factory
        return cast("list[RowT]", rows) if make is None else [make(row) for row in rows]

    def unreadable(self) -> UnreadableRows:
        """Return a new collector for the rows that cannot be converted in one iteration."""
        return UnreadableRows(self._table, self._errors.row)

    @abstractmethod
    def batches(self) -> AsyncGenerator[list[RowT], None]:
        """Yield the rows in lists."""

    @abstractmethod
    def iterate(self) -> Iterator[RowT]:
        """Yield the rows one by one, blocking; called in a thread without an event loop."""


class BlockingRowFetcher(RowFetcher[RowT]):
    """The rows that a blocking generator reads. Under an event loop, a separate thread runs and closes the generator.

    Args:
        table: the name of the table in messages.
        read: returns a new generator, which yields the rows in lists of dicts and releases its resources when closed.
        row_factory: converts a dict to a row; None to return dicts.
        errors: the exception classes to raise.
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
        """Yield the rows in lists; the next list is read ahead."""
        unreadable = self.unreadable()
        async with aclosing(sync_to_async_iter(self._read, max_queue_size=1)) as batches:
            async for rows in batches:
                yield unreadable.others(self.made, rows)
        unreadable.tell()

    def iterate(self) -> Iterator[RowT]:
        """Yield the rows one by one."""
        unreadable = self.unreadable()
        batches = self._read()
        try:
            for rows in batches:
                yield from unreadable.others(self.made, rows)
        finally:
            batches.close()
        unreadable.tell()
