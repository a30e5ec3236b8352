"""Watches waiting calls: reports once what they wait for, and fails calls that can never run."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from .errors import RayCallError

if TYPE_CHECKING:
    from ._demand import Demand
    from ._lane import Lane, Look

logger = logging.getLogger("cocoindex")

_LOOKS_EVERY_SECONDS: Final = 1.0
# On a busy machine, workers take some seconds to start.
_PATIENCE_SECONDS: Final = 5.0
# Ray does not say whether tasks run, or wait for resources that others occupy.
_LONG_PATIENCE_SECONDS: Final = 30.0


class Patience:
    """Watches one lane.

    Args:
        demand: the resources that its calls or actors need.
        actors: the number of actors that it should have; None if it uses tasks.
    """

    def __init__(self, demand: Demand, actors: int | None) -> None:
        self._demand = demand
        self._actors = actors
        self._has_warned = False
        self._has_told_of_pool = False

    def begin(self, lane: Lane) -> None:
        """Watch the lane in a new thread until it is idle."""
        threading.Thread(target=self._watch, args=[lane], name="cocoindex-ray-patience", daemon=True).start()

    def _watch(self, lane: Lane) -> None:
        wait = threading.Event().wait
        while not wait(_LOOKS_EVERY_SECONDS) and (seen := lane.look()) is not None:
            try:
                self._consider(lane, seen)
            except Exception as error:  # the cluster is gone, which is reported elsewhere
                logger.debug("the Ray cluster does not say what it has: %s", error)

    def _consider(self, lane: Lane, seen: Look) -> None:
        if seen.seconds < _PATIENCE_SECONDS:
            return
        if self._actors is not None and seen.ready:
            self._tell_of_pool(seen.ready)
            return
        impossible = self._demand.impossible()
        if impossible is not None:
            lane.close(RayCallError(impossible))
        elif not self._has_warned and self._is_stuck(seen):
            self._has_warned = True
            logger.warning(
                "calls of %s have waited for %d s: %s. They go on when enough is free: use fewer actors, ask for less "
                "with resources=, or add nodes",
                seen.name,
                seen.seconds,
                self._demand.situation(),
            )

    def _is_stuck(self, seen: Look) -> bool:
        if self._demand.is_surely_short():
            return True
        if seen.seconds < _LONG_PATIENCE_SECONDS:
            return False
        return self._actors is not None or (seen.answered == 0 and self._demand.is_short())

    def _tell_of_pool(self, ready: int) -> None:
        assert self._actors is not None
        if ready < self._actors and not self._has_told_of_pool and self._demand.is_surely_short():
            self._has_told_of_pool = True
            logger.warning(
                "%d of %d actors work: %s. The others start when enough is free",
                ready,
                self._actors,
                self._demand.situation(),
            )
