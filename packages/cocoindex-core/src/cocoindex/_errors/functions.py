"""Faults of functions, their results and memos, and of where they run. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

from .base import CocoIndexError


class FunctionDefinitionError(CocoIndexError, ValueError):
    """`@coco.fn` was given options that do not fit the function."""


class FunctionDefinitionTypeError(CocoIndexError, TypeError):
    """`@coco.fn` was given an option of the wrong type."""


class FunctionArgumentError(CocoIndexError, TypeError, ValueError):
    """A function is called or mounted with what it does not take, or one given to `@coco.fn` returned what is unfit."""


class PropagatedCallbackError(CocoIndexError, RuntimeError):
    """A callback that propagates its logic was called where the call that wrapped it does not run any more."""


class FunctionCancelledError(CocoIndexError, RuntimeError):
    """A batch or a memo state function was cancelled from inside: its callers fail, and are not cancelled."""


class MemoRecursionError(CocoIndexError, RecursionError):
    """A memoized function was called with the same arguments inside itself."""


class MemoStateError(CocoIndexError, TypeError):
    """A memo state function returned something else than `MemoStateOutcome`."""


class MemoStateAwaitError(CocoIndexError, RuntimeError):
    """A memo state function is asynchronous where nothing can be awaited."""


class RecollectError(CocoIndexError, ValueError):
    """A memo state of a component asks for what only those of memoized calls can."""


class RunnerError(CocoIndexError, TypeError):
    """A function was given a runner that is none, or a class of runners lacks what a runner has to do."""


class GPUPoolError(CocoIndexError, ValueError):
    """A GPU pool was given a number of GPUs, a fraction or an id that it cannot have."""


class GPUPoolTypeError(CocoIndexError, TypeError):
    """A GPU pool was given something that is no number."""


class RemoteCallError(CocoIndexError, RuntimeError):
    """A call that a runner sent to another process has no result: that ended, or cannot run the function.

    Attributes:
        exitcode: the exit code of the process that ended, the negative number of the signal that killed it, or None
            where that is not known.
    """

    def __init__(self, message: str, exitcode: int | None = None) -> None:
        self.exitcode = exitcode
        super().__init__(message)


class WorkerDiedError(RemoteCallError):
    """The process that ran a call ended before it had a result."""


class GPUProcessError(WorkerDiedError):
    """The subprocess that ran a function for a GPU runner ended before it had a result."""


class CallPickleError(CocoIndexError, TypeError):
    """A function, its arguments or its result cannot be pickled, and so not go to another process or come back."""


class FunctionResultError(CocoIndexError, ValueError):
    """A function returned something else than its options promise."""


class RetryWithSmallerBatch(CocoIndexError, RuntimeError):
    """Raised by a batched function: try again in halves, down to single items, `raise ... from` the true cause."""
