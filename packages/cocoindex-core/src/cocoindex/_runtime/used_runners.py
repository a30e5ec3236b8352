"""The runners used by the components of one environment: each is started once, and stopped with it. Layer: _runtime."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cocoindex._described import described
from cocoindex._shown import shown

from .interruption import is_interruption
from .log import ERROR, log

if TYPE_CHECKING:
    from typing import Protocol

    class UsedRunner(Protocol):
        """Runs functions for the components of environments."""

        def start(self) -> None: ...

        def stop(self) -> None: ...


class UsedRunners:
    """The runners of one environment."""

    __slots__ = ("_lock", "_used")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[int, UsedRunner] = {}

    def use(self, runner: UsedRunner) -> None:
        """Start `runner` unless it was started for this environment."""
        if id(runner) not in self._used:
            with self._lock:
                if id(runner) not in self._used:
                    runner.start()
                    self._used[id(runner)] = runner

    def stop(self) -> None:
        """Stop all of them; log their exceptions."""
        with self._lock:
            used, self._used = self._used, {}
        for runner in used.values():
            try:
                runner.stop()
            except BaseException as exc:  # whatever user code raises
                if is_interruption(exc):
                    raise
                log(ERROR, f"the runner {shown(runner)} could not be stopped: {described(exc)}")
