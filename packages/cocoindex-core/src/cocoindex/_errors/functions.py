"""Faults of functions, their results and memos, and of where they run. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

from .base import CocoIndexError


class FunctionDefinitionError(CocoIndexError, ValueError):
    """The options of `@coco.fn` do not fit the function."""


class FunctionDefinitionTypeError(CocoIndexError, TypeError):
    """An option of `@coco.fn` has the wrong type."""


class FunctionArgumentError(CocoIndexError, TypeError, ValueError):
    """The arguments do not match the function's signature, or its return value breaks its options."""


class PropagatedCallbackError(CocoIndexError, RuntimeError):
    """A callback that propagates its logic was called after the call that wrapped it had ended."""


class FunctionCancelledError(CocoIndexError, RuntimeError):
    """A batch or a memo state function was cancelled from inside: its callers fail, and are not cancelled."""


class MemoRecursionError(CocoIndexError, RecursionError):
    """A memoized function was called with the same arguments inside itself."""


class CallDepthError(CocoIndexError, RecursionError):
    """A marked function called itself deeper than Python allows."""


class MemoStateError(CocoIndexError, TypeError):
    """A memo state function did not return a `MemoStateOutcome`."""


class MemoStateAwaitError(CocoIndexError, RuntimeError):
    """A memo state function is asynchronous where nothing can be awaited."""


class RecollectError(CocoIndexError, ValueError):
    """The memo state of a component asks to be taken again after the run, which only memoized calls can."""


class RunnerError(CocoIndexError, TypeError):
    """`runner=` is not a Runner, or the subclass lacks a required method."""


class GPUPoolError(CocoIndexError, ValueError):
    """A number of GPUs, a fraction or a GPU id is out of range."""


class GPUPoolTypeError(CocoIndexError, TypeError):
    """A number of GPUs, a fraction or a GPU id is not a number."""


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
    """A function, its arguments or its result cannot be pickled for another process."""


class FunctionResultError(CocoIndexError, ValueError):
    """A function's return value does not match its options."""


class RetryWithSmallerBatch(CocoIndexError, RuntimeError):
    """Raised by a batched function: try again in halves, down to single items, `raise ... from` the true cause."""
