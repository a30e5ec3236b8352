"""The environment of a running live update: its reports, and its restart after a full disk. Layer: _app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .._engine.backoff import doubled
from .._runtime.block import block
from .._runtime.failure import ExceptionContext, handle_failure
from .._runtime.log import log
from ..errors import StoreFullError

if TYPE_CHECKING:
    from .._engine.run import Run
    from .._function.processor import Processor
    from .._runtime.operation import Operation
    from .._runtime.turns import Turns
    from .._store.interface import AppStore

LONGEST_PAUSE_SECONDS = 60.0


class GoingOn:
    """A live update, run after run: a run ends if the store's disk is full, and the next one continues once there is
    room.

    Only a run that was ready is followed by another one: a failure at the start is raised to the caller.

    Args:
        make: creates a run.

    Attributes:
        run: the current or last run.
    """

    def __init__(self, make: Callable[[], Run]) -> None:
        self._make = make
        self.run = make()
        self._leaving = asyncio.Event()
        self._had_any = False

    @property
    def is_ready(self) -> bool:
        return self.run.is_ready

    @property
    def had_any(self) -> bool:
        """Return whether it ever had a live range."""
        return self._had_any or self.run.roll.had_any

    def end_live(self) -> None:
        """Let it end in order with its result; see `Live`."""
        self._leaving.set()
        self.run.end_live()

    async def update(
        self, main: Processor, args: tuple[Any, ...], kwargs: dict[str, Any], *, deadline: float | None
    ) -> Any:
        """Run the app's main function and continue; return its result or raise its failure."""
        tries = 0
        try:
            while True:
                try:
                    return await self.run.update(main, args, kwargs, deadline=deadline, live=True)
                except StoreFullError as error:
                    if not (tries or self.run.is_ready) or self._leaving.is_set():
                        raise
                    if self.run.is_ready:
                        tries = 0
                        await self._tell(error, main.name)
                    tries += 1
                    if await self._leaves_within(doubled(tries, LONGEST_PAUSE_SECONDS)):
                        raise
                self._had_any = self.had_any
                self.run = self._make()
                deadline = None
        finally:
            self.run.board.end()

    async def _tell(self, error: StoreFullError, name: str) -> None:
        run = self.run
        run.board.of(name).errors += 1
        run.board.changed()
        context = ExceptionContext(run.env.name, "/", name, "process_live", None)
        await handle_failure(error, context, run.handlers)
        log(
            logging.WARNING,
            f"the live update of app {run.store.name!r} waits until there is space on the disk of its store: it checks "
            "again after 1, 2, 4 ... 60 seconds, then continues with everything that changed meanwhile",
        )

    async def _leaves_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._leaving.wait()
        except TimeoutError:
            return False
        return True


@block
def going_on(turns: Turns, operation: Operation[Any], update: GoingOn, store: AppStore) -> Iterator[None]:
    """Show and store the state of the live update, and end it when another operation wants its turn.

    If it had no live ranges, log that.
    """
    from .._progress.last_minute import LastMinute
    from .._progress.live_row import keeping_status

    board = update.run.board
    board.ranges = LastMinute(lambda: [*update.run.roll, *update.run.standing])
    with turns.live(operation, update), keeping_status(store, board):
        yield
    if update.is_ready and not update.had_any:
        log(
            logging.WARNING,
            f"the live update of app {store.name!r} ended, as nothing in it is live: mount a live component or a "
            "live source, such as localfs.walk_dir(..., live=True).items(), or update it without live=True",
        )
