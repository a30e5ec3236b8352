"""What is done around a live update, for as long as it goes on. Layer: _app."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .._runtime.block import block
from .._runtime.log import log

if TYPE_CHECKING:
    from .._engine.run import Run
    from .._runtime.operation import Operation
    from .._runtime.turns import Turns
    from .._store import AppStore


@block
def going_on(turns: Turns, operation: Operation[Any], run: Run, store: AppStore) -> Iterator[None]:
    """Show and write down how the live update gets on, and have it end when another one wants its turn.

    Where there was nothing to go on with, that is said.
    """
    from .._progress.last_minute import LastMinute
    from .._progress.live_row import keeping_status

    run.board.ranges = LastMinute(lambda: run.roll)
    with turns.live(operation, run), keeping_status(store, run.board):
        yield
    if run.is_ready and not run.roll.had_any:
        log(
            logging.WARNING,
            f"the live update of app {run.store.name!r} ended, as nothing in it is live: mount a live component or a "
            "live source, such as localfs.walk_dir(..., live=True).items(), or update it without live=True",
        )
