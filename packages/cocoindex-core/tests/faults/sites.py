"""Where the program's user code can be made to raise: each place has a name, and each call of it a number."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is to be raised where.

    Attributes:
        site: the name of the place.
        call: at which of its calls, from 1.
        raised: makes the exception; it is asked once a raise.
        times: at how many calls in a row.
    """

    site: str
    call: int
    raised: Callable[[], BaseException]
    times: int = 1


class Sites:
    """Counts the calls, from any thread, and raises what is planned."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plan: Plan | None = None
        self.calls: Counter[str] = Counter()
        self.raised = 0

    def begin(self, plan: Plan | None = None) -> None:
        """Count anew, and follow `plan`."""
        with self._lock:
            self._plan, self.raised = plan, 0
            self.calls.clear()

    def here(self, name: str) -> None:
        """The place `name` is reached: raise where that is planned."""
        with self._lock:
            self.calls[name] += 1
            plan = self._plan
            if plan is None or plan.site != name or not 0 <= self.calls[name] - plan.call < plan.times:
                return
            self.raised += 1
            error = plan.raised()
        raise error


SITES = Sites()
"""The places of the program."""
