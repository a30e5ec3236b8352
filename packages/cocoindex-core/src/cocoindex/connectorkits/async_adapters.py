"""Adapters from synchronous to asynchronous iterators, and back; blocking code runs in a thread.

Layer: connectorkits.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from cocoindex._shown import shown

from .._runtime.underway import current_underway
from ..errors import BlockingInLoopError, ConnectorKitError

__all__ = ["async_to_sync_iter", "sync_to_async_iter"]

T = TypeVar("T")


def sync_to_async_iter(
    sync_iter_fn: Callable[[], Iterable[T]], *, max_queue_size: int = 1024
) -> AsyncGenerator[T, None]:
    """Iterate over what `sync_iter_fn` returns, in a separate thread; the event loop is not blocked.

    The function, all steps of its iterator and its `close()` run in that one thread, with the caller's context
    variables. If the caller stops early, a generator is closed after its current item; an update that is cancelled ends
    after that.

    Args:
        sync_iter_fn: called without arguments when the first item is requested; returns an iterable.
        max_queue_size: maximum number of items read ahead; 0 or less means no limit.

    Raises:
        ConnectorKitError: (a TypeError) `sync_iter_fn` is not callable, or `max_queue_size` is not an int; instead of
            the next item, if the function does not return an iterable.
        Whatever the function or its iterator raises, instead of the next item.
    """
    _check("sync_to_async_iter", "sync_iter_fn", sync_iter_fn, max_queue_size)
    return _from_thread(sync_iter_fn, max_queue_size)


def async_to_sync_iter(
    async_iter_fn: Callable[[], AsyncIterable[T]], *, max_queue_size: int = 1024
) -> Generator[T, None, None]:
    """Iterate over what `async_iter_fn` returns, from synchronous code; an event loop in a separate thread runs it.

    If the caller stops early (`close()`, or the last reference is dropped), the iterator is cancelled and waited for.

    Args:
        async_iter_fn: called without arguments, in that loop, when the first item is requested.
        max_queue_size: maximum number of items read ahead; 0 or less means no limit.

    Raises:
        ConnectorKitError: (a TypeError) `async_iter_fn` is not callable, or `max_queue_size` is not an int; instead of
            the next item, if the function does not return an async iterable.
        BlockingInLoopError: (a RuntimeError) at the first item: an event loop is running in this thread.
        Whatever the function or its iterator raises, instead of the next item.
    """
    _check("async_to_sync_iter", "async_iter_fn", async_iter_fn, max_queue_size)
    return _from_loop(async_iter_fn, max_queue_size)


class _End:
    """The end marker after the last item, with the exception of the iterator, if any."""

    def __init__(self, error: BaseException | None) -> None:
        self._error = error

    def raise_error(self) -> None:
        """Raise the exception of the iterator, if any, once.

        The references to the exception are deleted, as its traceback refers to this object and to the frame.
        """
        error, self._error = self._error, None
        try:
            if error is not None:
                raise error
        finally:
            del error, self


async def _from_thread(fn: Callable[[], Iterable[T]], size: int) -> AsyncGenerator[T, None]:
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[T | _End] = asyncio.Queue()
    room = _Room(size, f"the iterator that {getattr(fn, '__qualname__', None) or type(fn).__qualname__} returned")

    def send(item: T | _End) -> None:
        try:
            loop.call_soon_threadsafe(arrived.put_nowait, item)
        except RuntimeError:  # The loop is closed: there is no consumer.
            room.abandon()

    context = contextvars.copy_context()
    reader = threading.Thread(target=context.run, args=(_read_into, fn, room, send), name="cocoindex-iter", daemon=True)
    try:
        reader.start()
    except BaseException:  # The system has no more threads.
        room.ended()
        raise
    try:
        while not isinstance(item := await arrived.get(), _End):
            room.give()
            yield item
        item.raise_error()
    finally:
        room.abandon()


class _Room:
    """Limits how many items are read ahead; the reader waits in its thread until there is room.

    Unless it waits, the reader counts as running work of the caller's update, which does not end before it.

    Args:
        size: maximum number of items read ahead; 0 or less means no limit.
        what: the name of the reader in messages about waiting.
    """

    def __init__(self, size: int, what: str) -> None:
        self._free = threading.Semaphore(size) if size > 0 else None
        self._underway = current_underway()
        self._what = what
        self._lock = threading.Lock()
        self._counted: object | None = None
        self._over = False
        self.abandoned = False
        self._count()

    def take(self) -> bool:
        """Wait for room for one item; return whether it is still wanted."""
        if self._free is not None and not self._free.acquire(blocking=False):
            with self._lock:
                if not self.abandoned:
                    self._uncount()
            self._free.acquire()
            with self._lock:
                self._count()
        return not self.abandoned

    def give(self) -> None:
        if self._free is not None:
            self._free.release()

    def abandon(self) -> None:
        """Tell the reader to end. From now on it counts as running work, even if it waits."""
        with self._lock:
            self.abandoned = True
            self._count()
        self.give()

    def ended(self) -> None:
        """Note that the reader has ended."""
        with self._lock:
            self._over = True
            self._uncount()

    def _count(self) -> None:
        if self._underway is not None and self._counted is None and not self._over:
            self._counted = self._underway.begin(self._what)

    def _uncount(self) -> None:
        if self._underway is not None and self._counted is not None:
            self._underway.end(self._counted)
            self._counted = None


def _read_into(fn: Callable[[], Iterable[Any]], room: _Room, send: Callable[[Any], None]) -> None:
    """Send all items and the end; the body of the thread."""
    error: BaseException | None = None
    try:
        _read_items(fn, room, send)
    except BaseException as raised:
        if room.abandoned:
            raise  # There is no consumer: `threading.excepthook` reports it.
        error = raised
    finally:
        room.ended()
    send(_End(error))
    del error  # Its traceback refers to this frame.


def _read_items(fn: Callable[[], Iterable[Any]], room: _Room, send: Callable[[Any], None]) -> None:
    items = iter(_given(fn, "sync_to_async_iter", Iterable, "an iterable"))
    end = object()
    try:
        while room.take() and (item := next(items, end)) is not end:
            send(item)
    finally:
        if isinstance(items, Generator):
            items.close()


def _from_loop(fn: Callable[[], AsyncIterable[T]], size: int) -> Generator[T, None, None]:
    _refuse_in_loop()
    reader = _LoopReader(fn, size)
    try:
        while not isinstance(item := reader.arrived.get(), _End):
            reader.give_room()
            yield item
        item.raise_error()
    finally:
        reader.stop()


class _LoopReader(Generic[T]):
    """Reads an async iterator on an event loop in a separate thread, which starts at once."""

    def __init__(self, fn: Callable[[], AsyncIterable[T]], size: int) -> None:
        self.arrived: SimpleQueue[T | _End] = SimpleQueue()
        self._fn = fn
        self._room = asyncio.Semaphore(size) if size > 0 else None
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._serve,), name="cocoindex-iter", daemon=True)
        self._thread.start()

    def give_room(self) -> None:
        if self._room is not None:
            self._call(self._room.release)

    def stop(self) -> None:
        """Cancel the iterator if it has not ended, and wait until it has."""
        self._call(self._cancel)
        self._thread.join()

    def _call(self, callback: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # The loop is closed: everything was read.
            self._loop.call_soon_threadsafe(callback)

    def _cancel(self) -> None:
        self._stopped = True
        if self._task is not None:
            self._task.cancel()

    def _serve(self) -> None:
        error: BaseException | None = None
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._read())
        except BaseException as raised:
            if self._stopped and not isinstance(raised, asyncio.CancelledError):
                raise  # There is no consumer: `threading.excepthook` reports it.
            error = raised
        self.arrived.put(_End(error))
        del error  # Its traceback refers to this frame.

    async def _read(self) -> None:
        self._task = asyncio.current_task()
        if self._stopped:
            return
        items = aiter(_given(self._fn, "async_to_sync_iter", AsyncIterable, "an async iterable"))
        end = object()
        try:
            while (item := await self._next(items, end)) is not end:
                self.arrived.put(item)
        finally:
            if isinstance(items, AsyncGenerator):
                await items.aclose()

    async def _next(self, items: Any, end: object) -> Any:
        if self._room is not None:
            await self._room.acquire()
        return await anext(items, end)


def _refuse_in_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise BlockingInLoopError("next() of async_to_sync_iter()", "anext(...)")


def _given(fn: Callable[[], Any], function: str, kind: type, wanted: str) -> Any:
    """Return the result of `fn`; raise if it is not iterable as required."""
    given = fn()
    if isinstance(given, kind) or (kind is Iterable and hasattr(given, "__getitem__")):
        return given
    if inspect.iscoroutine(given):
        given.close()
    raise ConnectorKitError(
        f"the function given to {function}() has to return {wanted}; {getattr(fn, '__qualname__', fn)} returned "
        f"{shown(given)}"
    )


def _check(function: str, parameter: str, fn: object, size: object) -> None:
    if not callable(fn):
        raise ConnectorKitError(
            f"{function}() takes a function that gives the iterator, not {shown(fn)}: write {function}(lambda: ...) "
            f"around what you gave as {parameter}"
        )
    if not isinstance(size, int) or isinstance(size, bool):
        raise ConnectorKitError(f"max_queue_size of {function}() is a number of items, an int, not {shown(size)}")
