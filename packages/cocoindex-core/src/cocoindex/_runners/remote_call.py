"""`RemoteCall`: a function call that is sent to another process or machine, and its reply. Layer: _runners."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from .._described import described
from .._function.body import Body
from .._function.gpu_allocation import Allocation
from .._function.reached import Reached, collecting, note
from .._runtime.deadline import check_deadline
from ..errors import CallPickleError, DeadlineExceededError, RemoteCallError
from .travelling_error import TravellingError, unpack_error

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future


class Message(NamedTuple):
    """The message to the worker.

    Attributes:
        fn, args, kwargs: the call.
        seconds: how long the caller waits, or None.
        logic: the fingerprint of the function's logic in the sending process; None for a plain function.
        allocation: its GPUs, if it has any.
    """

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    seconds: float | None
    logic: bytes | None
    allocation: Allocation | None


class Reply(NamedTuple):
    """The reply of the worker.

    Attributes:
        result: what the function returned.
        reached: the new dependencies of the caller.
        failure: the exception, if there is no result.
        unsent: the reason why the result cannot be pickled.
        pid: the id of the worker's process.
    """

    result: Any
    reached: Reached
    failure: TravellingError | None
    unsent: str
    pid: int


class RemoteCall:
    """One function call, for runners that send calls to another process or machine.

    The runner sends the bytes of `pack`, lets the worker call `RemoteWorker.answer` with them, and passes the returned
    bytes to `result`, or a future of them to `answered`. It must do this in `Runner.execute` itself: then the caller
    depends on the marked functions that were called and the context values that were read in the worker.

    Args:
        fn, args, kwargs, deadline: the arguments of `Runner.execute`.
        place: the name of the other process in messages.
        advice: what a user can do if something cannot be pickled.
        error: the exception class for a missing result that is not an exception of the function.
        gpus: the numbers of the GPUs that `coco.current_gpus()` returns in the worker; none if the worker sets them
            itself.
        fraction: the share of each GPU.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        deadline: float | None = None,
        place: str = "another process",
        advice: str = "pass something that can be",
        error: type[RemoteCallError] = RemoteCallError,
        gpus: tuple[int, ...] = (),
        fraction: float = 1.0,
    ) -> None:
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.deadline = deadline
        self.place = place
        self.error = error
        self._advice = advice
        self._allocation = Allocation(tuple(gpus), fraction) if gpus else None

    @property
    def name(self) -> str:
        """Return the module and name of the function."""
        return f"{getattr(self.fn, '__module__', '?')}.{self._short_name}"

    @property
    def _short_name(self) -> str:
        return str(getattr(self.fn, "__qualname__", self.fn))

    def pack(self) -> bytes:
        """Return the call as bytes, with the remaining time.

        Raises:
            CallPickleError: (a TypeError) the function or an argument cannot be pickled; the error names it.
            DeadlineExceededError: (a TimeoutError) no time is left.
        """
        check_deadline(self.deadline, f"the call of {self.name}")
        logic = self.fn.function.fingerprint if isinstance(self.fn, Body) else None
        seconds = None if self.deadline is None else self.deadline - time.monotonic()
        message = Message(self.fn, self.args, dict(self.kwargs), seconds, logic, self._allocation)
        try:
            with collecting():  # its dependencies come back with the reply
                return pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        except CallPickleError:
            raise
        except BaseException as error:  # whatever user code raises
            what, value = self._culprit()
            raise CallPickleError(
                f"{what} of {self.name} cannot be pickled, which it has to be to go to {self.place} "
                f"({described(error)}{_closure(value)}); {self._advice}"
            ) from error

    async def answered(self, reply: Future[bytes], cancel: Callable[[], object]) -> Any:
        """Wait for a reply; return or raise like `result`.

        If the caller is cancelled or the deadline passes, `cancel()` is called once. The reply is waited for in any
        case, so that nothing of the call is running when this raises.

        Args:
            reply: a future of the bytes that `RemoteWorker.answer` returned. Complete it, also with an exception or by
                cancelling it, only when nothing of the call is running any more.
            cancel: ends the call. It is called in the event loop, and must not block.

        Raises:
            DeadlineExceededError: (a TimeoutError) there was no result before the deadline.
            RemoteCallError: (a RuntimeError) the reply was cancelled by other code.
            The exception of `reply`, and the exceptions of `result`.
        """
        answer = await self._done(reply, cancel)
        del reply, cancel
        try:
            return self.result(answer.result())
        finally:
            del answer  # which has what is raised, and that this frame

    async def _done(self, reply: Future[bytes], cancel: Callable[[], object]) -> asyncio.Future[bytes]:
        import asyncio

        from .._runtime.left import to_the_end

        waiting = asyncio.wrap_future(reply)
        waiting.add_done_callback(_seen)
        end = _Once(cancel)
        timer = None
        if self.deadline is not None:
            timer = asyncio.get_running_loop().call_later(max(0.0, self.deadline - time.monotonic()), end)
        try:
            await to_the_end(lambda: asyncio.wait([waiting]), waiting.done, end)
        finally:
            if timer is not None:
                timer.cancel()
        if end.called and (waiting.cancelled() or waiting.exception() is not None):
            raise DeadlineExceededError(f"the call of {self.name} had no result from {self.place} before its deadline")
        if waiting.cancelled():
            raise self.error(f"the call of {self.name} in {self.place} was cancelled there")
        return waiting

    def result(self, reply: bytes) -> Any:
        """Return the result of the function, or raise its exception, with its traceback as a note.

        Args:
            reply: the bytes that `RemoteWorker.answer` returned.

        Raises:
            CallPickleError: (a TypeError) the result could not be pickled in the worker, or cannot be unpickled here.
            RemoteCallError: (a RuntimeError) the function cannot run in the worker, or its exception cannot be pickled.
            ContextKeyError: (a KeyError) the worker read a context value whose changes cannot be detected here.
        """
        found = self._unpacked(reply)
        if found.unsent:
            raise CallPickleError(f"{self._short_name} returned {found.unsent.format(place=self.place)}")
        if found.failure is not None:
            raise unpack_error(found.failure, self._short_name, f"{self.place} {found.pid}", self.error)
        note(found.reached)
        return found.result

    def _unpacked(self, reply: bytes) -> Reply:
        try:
            return Reply(*pickle.loads(reply))
        except BaseException as error:  # whatever user code raises
            raise CallPickleError(
                f"the result of {self.name} from {self.place} cannot be unpickled here: {described(error)}"
            ) from None

    def _culprit(self) -> tuple[str, Any]:
        parts = {f"argument {number}": value for number, value in enumerate(self.args, 1)}
        parts |= {f"argument {name!r}": value for name, value in self.kwargs.items()}
        for what, value in parts.items():
            try:
                pickle.dumps(value)
            except BaseException:  # whatever user code raises
                return what, value
        return "the function", self.fn


class _Once:
    """Calls a function once, at the first call."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function
        self.called = False

    def __call__(self) -> None:
        if not self.called:
            self.called = True
            self._function()


def _seen(reply: asyncio.Future[bytes]) -> None:
    """Mark the exception of a call as retrieved, because nobody waits for it any more."""
    if not reply.cancelled():
        reply.exception()


def _closure(value: Any) -> str:
    """Return the nested function that another process cannot find."""
    if not isinstance(value, FunctionType) or not {"<locals>", "<lambda>"} & {*value.__qualname__.split(".")}:
        return ""
    captured = ", ".join(value.__code__.co_freevars)
    return f"; it is a function that another one made{f' and that captured {captured}' if captured else ''}"
