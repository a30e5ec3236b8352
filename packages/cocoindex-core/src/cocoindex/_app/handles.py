"""Handles of updates and drops: start them at the first await, follow them, get their result. Layer: _app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._runtime.counts import CountBoard

if TYPE_CHECKING:
    import asyncio

    from .._progress.stats import UpdateSnapshot, UpdateStats

R = TypeVar("R")


class Handle(Generic[R]):
    """An operation that starts when it is first awaited or watched."""

    def __init__(self, operation: Callable[[CountBoard], Coroutine[Any, Any, R]], what: str = "") -> None:
        self._what = what
        self._operation = operation
        self._board = CountBoard()
        self._task: asyncio.Task[R] | None = None

    def __await__(self) -> Generator[Any, None, R]:
        return self.result().__await__()

    def __del__(self) -> None:
        # As Python does for coroutines: otherwise it would go unnoticed that nothing was done.
        if self._task is None and self._what:
            import warnings

            blocking = self._what.replace("(", "_blocking(", 1)
            warnings.warn(
                f"{self._what} was never awaited, so that it did nothing; await it, or call {blocking} where there is "
                "no event loop",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )

    def _taken(self) -> None:
        """Suppress the warning that it was not awaited, because other code handles it."""
        self._what = ""

    def result(self) -> Coroutine[Any, Any, R]:
        """Wait for the end; return the result or raise the failure. Cancelling it cancels the operation."""
        from .following import Following

        # Python warns of a coroutine that is never awaited, but not of one that is cancelled before it began.
        self._taken()
        return Following(self._result(), lambda: self._is_running)

    async def _result(self) -> R:
        import asyncio

        from .._runtime.left import to_the_end

        waited = [self._started()]
        await to_the_end(lambda: asyncio.wait(waited), waited[0].done, waited[0].cancel)
        del self  # the raised exception refers to this frame
        return waited.pop().result()

    @property
    def _is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def stats(self) -> UpdateStats | None:
        """Return the counts so far; None before it was started."""
        from .._progress.stats import stats_of

        return None if self._task is None else stats_of(self._board)

    async def watch(self) -> AsyncIterator[UpdateSnapshot[R]]:
        """Yield a snapshot whenever the counts have changed, then a last one with the result; raise the failure.

        Snapshots of a live update are READY once its first run is complete; the last one comes at its end. This starts
        the operation if necessary. Leaving the loop early does not stop it.
        """
        from .._progress.stats import UpdateSnapshot, UpdateStatus, stats_of
        from .._progress.watch import changes

        task = self._started()
        async for snapshot in changes(self._board):
            yield snapshot
        result = await task
        yield UpdateSnapshot(stats_of(self._board), UpdateStatus.READY, result)

    def _started(self) -> asyncio.Task[R]:
        if self._task is None:
            from .._runtime.start_task import start_task
            from .._runtime.termination import wake_at_signals

            self._task = start_task(self._operation(self._board))
            self._task.add_done_callback(lambda _: self._board.end())
            wake_at_signals(self._task)
        return self._task


class UpdateHandle(Handle[R]):
    """An update; awaiting it returns the result of the app's main function."""


class DropHandle(Handle[None]):
    """A drop; awaiting it waits until everything is removed."""
