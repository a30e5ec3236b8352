"""`RemoteCall`: a call of a function as it travels to another process or machine, and back. Layer: _runners."""

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
    """What is sent.

    Attributes:
        fn, args, kwargs: the call.
        seconds: the time that its caller waits, or None.
        logic: the fingerprint of the function's logic in the process that sends it; None where it is not marked.
        allocation: the GPUs that it has, where it has any.
    """

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    seconds: float | None
    logic: bytes | None
    allocation: Allocation | None


class Reply(NamedTuple):
    """What comes back.

    Attributes:
        result: what the function returned.
        reached: what the caller depends on now.
        failure: what was raised instead of a result.
        unsent: what is wrong with a result that cannot be pickled.
        pid: the process that answered.
    """

    result: Any
    reached: Reached
    failure: TravellingError | None
    unsent: str
    pid: int


class RemoteCall:
    """One call of a function, for runners that have another process or machine do the work.

    The runner sends what `pack` gives, has `RemoteWorker.answer` called with it there, and gives the bytes that
    returned to `result`, or a future of them to `answered`: in `Runner.execute` itself, whose caller then depends on
    the marked functions that were reached and on the context values that were read there.

    Args:
        fn, args, kwargs, deadline: what `Runner.execute` got.
        place: what messages call the other process.
        advice: what a user may do where something cannot be pickled.
        error: the class of exceptions where there is no result, and none that the function raised.
        gpus: the numbers of the GPUs that `coco.current_gpus()` gives there; none where the worker says it itself.
        fraction: how much of each.
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
        """The module and name of the function."""
        return f"{getattr(self.fn, '__module__', '?')}.{self._short_name}"

    @property
    def _short_name(self) -> str:
        return str(getattr(self.fn, "__qualname__", self.fn))

    def pack(self) -> bytes:
        """The call as it is sent, with the time that is left now.

        Raises:
            CallPickleError: (a TypeError) the function or an argument cannot be pickled; it says which.
            DeadlineExceededError: (a TimeoutError) no time is left.
        """
        check_deadline(self.deadline, f"the call of {self.name}")
        logic = self.fn.function.fingerprint if isinstance(self.fn, Body) else None
        seconds = None if self.deadline is None else self.deadline - time.monotonic()
        message = Message(self.fn, self.args, dict(self.kwargs), seconds, logic, self._allocation)
        try:
            with collecting():  # what it reaches there comes back
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
        """Wait for a reply; returns or raises what `result` does.

        Where the caller is cancelled, or the deadline passes, `cancel()` is called, once; the reply is waited for all
        the same, so that nothing of the call runs any more when this raises.

        Args:
            reply: a future of what `RemoteWorker.answer` returned; whoever completes it, also by cancelling it or with
                an exception, does so when nothing of the call runs any more.
            cancel: has the call end. It is called in the loop, and does not block.

        Raises:
            DeadlineExceededError: (a TimeoutError) there was no result before the deadline.
            RemoteCallError: (a RuntimeError) somebody else cancelled the reply.
            what `reply` failed with, and what `result` raises.
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
        """What the function returned there; raises what it raised, with its traceback as a note.

        Args:
            reply: what `RemoteWorker.answer` returned.

        Raises:
            CallPickleError: (a TypeError) the result could not be pickled there, or cannot be unpickled here.
            RemoteCallError: (a RuntimeError) the function cannot run there, or raised what cannot be pickled.
            ContextKeyError: (a KeyError) a context value was read there whose changes nobody sees here.
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
    """Calls a function the first time that it is called."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function
        self.called = False

    def __call__(self) -> None:
        if not self.called:
            self.called = True
            self._function()


def _seen(reply: asyncio.Future[bytes]) -> None:
    """Have nobody be told of the exception of a call for which nobody waits any more."""
    if not reply.cancelled():
        reply.exception()


def _closure(value: Any) -> str:
    """What of a function cannot be found elsewhere: it was made inside another one."""
    if not isinstance(value, FunctionType) or not {"<locals>", "<lambda>"} & {*value.__qualname__.split(".")}:
        return ""
    captured = ", ".join(value.__code__.co_freevars)
    return f"; it is a function that another one made{f' and that captured {captured}' if captured else ''}"
