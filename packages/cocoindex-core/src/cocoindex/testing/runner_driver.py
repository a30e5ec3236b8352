"""`RunnerDriver`: written by the author of a runner for `RunnerSuite`. Testing kit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from .._function.runner import Runner
from .._runtime.context import ContextProvider


class RunnerDriver(ABC):
    """Creates the runners for one check.

    The suite's functions are in `cocoindex.testing.runner_functions`, so that other processes can import them.

    Attributes:
        suite_version: the minor version of cocoindex-core for which the driver was written, such as `0.2`.
        own_processes: whether functions run in other processes, which may die.
        parallel: the number of calls that run at the same time; 0 to skip the check.
        ends_cancelled: whether a cancelled call ends in the worker before the cancellation reaches the caller.
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

        Defining this method claims that `coco.use_context` works in the runner's functions.
        """
        raise AssertionError("the suite calls this only if the driver defines it")

    def close(self) -> None:  # noqa: B027  # most drivers have nothing to do
        """Stop what the driver started; called after each check. By default nothing; the suite stops runners itself."""
