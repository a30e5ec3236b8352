"""`RunnerDriver`: written by the author of a runner for `RunnerSuite`. Testing kit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from .._function.runner import Runner
from .._runtime.context import ContextProvider


class RunnerDriver(ABC):
    """Makes the runners of one check.

    Functions of the suite lie in `cocoindex.testing.runner_functions`: other processes find them there.

    Attributes:
        suite_version: the minor version of cocoindex-core for which the driver was written, such as `0.2`.
        own_processes: whether functions run in other processes, of which one may die.
        parallel: how many calls run at the same time; 0 where that is not to be checked.
        ends_cancelled: whether a call ends on the other side, too, before its cancellation is let through.
    """

    suite_version: ClassVar[str] = "0.1"
    own_processes: ClassVar[bool] = False
    parallel: ClassVar[int] = 0
    ends_cancelled: ClassVar[bool] = False

    @abstractmethod
    def runner(self) -> Runner:
        """Create a runner whose workers need no context values."""

    def runner_with(self, initializer: Callable[[ContextProvider], Any]) -> Runner:
        """Create a runner whose workers call `initializer` once, with a `coco.ContextProvider`.

        To give it claims that `coco.use_context` works in its functions.
        """
        raise AssertionError("the suite asks only drivers that give it")

    def close(self) -> None:  # noqa: B027  # most have nothing to do
        """Called after each check: end what was started. Nothing by default; the suite stops runners itself."""
