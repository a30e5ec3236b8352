"""`RemoteWorker`: answers the calls of runners in another process or machine. Layer: _runners."""

from __future__ import annotations

import contextvars
import inspect
import os
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from .._described import described
from .._function.body import Body
from .._function.gpu_allocation import Allocation, holding
from .._function.reached import collecting
from .._runtime.block import block
from .._runtime.context import ContextProvider
from .._runtime.deadline import check_deadline, under
from .._runtime.remote_context import RemoteContext, of_worker
from ..errors import RemoteCallError
from .inside_a_worker import inside, inside_a_worker
from .remote_call import Message, Reply
from .travelling_error import pack_error

if TYPE_CHECKING:
    import asyncio


class RemoteWorker:
    """Runs calls packed by `RemoteCall.pack`, one after the other.

    Args:
        initializer: called once with a `coco.ContextProvider`, to provide the values that `coco.use_context` returns in
            the calls. It may be async. `close` exits what it entered with `provide_with`.

    Raises:
        The exception of the initializer.
    """

    def __init__(self, initializer: Callable[[ContextProvider], Any] | None = None) -> None:
        self._provider = ContextProvider()
        self._loop: asyncio.Runner | None = None
        if initializer is not None:
            made = initializer(self._provider)
            if inspect.iscoroutine(made):
                self._run_async(made)

    def answer(self, message: bytes, *, gpus: Sequence[int] | None = None, fraction: float = 1.0) -> bytes:
        """Run a call; return the bytes for `RemoteCall.result`. It raises nothing, whatever the function does.

        Args:
            message: the bytes of `RemoteCall.pack`.
            gpus: the numbers of the call's GPUs, if only the worker knows them.
            fraction: the share of each GPU.
        """
        context = RemoteContext(self._provider)
        try:
            call = _unpacked(message)
            allocation = call.allocation if gpus is None else Allocation(tuple(gpus), fraction)
            with collecting() as reached, self._around(call, allocation, context):
                result = self._run(call)
        except BaseException as error:  # whatever user code raises
            return _packed(Reply(None, set(), pack_error(error), "", os.getpid()))
        try:
            return _packed(Reply(result, reached | context.read, None, "", os.getpid()))
        except BaseException as error:  # whatever user code raises
            kind = type(result).__qualname__
            unsent = f"a {kind} that cannot be pickled to come back from {{place}}: {_plain(described(error))}"
            return _packed(Reply(None, set(), None, unsent, os.getpid()))

    @staticmethod
    def is_answering() -> bool:
        """Return whether this code belongs to a call that a worker answers: a runner runs functions directly there."""
        return inside_a_worker()

    def close(self) -> None:
        """Exit the context managers that the initializer entered."""
        try:
            self._run_async(self._provider.aclose())
        finally:
            if self._loop is not None:
                self._loop.close()

    @block
    def _around(self, call: Message, allocation: Allocation | None, context: RemoteContext) -> Iterator[None]:
        deadline = None if call.seconds is None else time.monotonic() + call.seconds
        with ExitStack() as stack:
            stack.enter_context(inside())
            stack.enter_context(of_worker(context))
            stack.enter_context(under(deadline))
            if allocation is not None and allocation.gpus:
                stack.enter_context(holding(allocation))
            check_deadline(deadline, f"the call of {getattr(call.fn, '__qualname__', call.fn)}")
            yield

    def _run(self, call: Message) -> Any:
        if inspect.iscoroutinefunction(call.fn):
            return self._run_async(call.fn(*call.args, **call.kwargs))
        return call.fn(*call.args, **call.kwargs)

    def _run_async(self, coroutine: Any) -> Any:
        import asyncio

        if self._loop is None:
            self._loop = asyncio.Runner()
        try:
            return self._loop.run(coroutine, context=contextvars.copy_context())
        finally:
            _cancel_what_is_left(self._loop)


def _unpacked(message: bytes) -> Message:
    call = Message(*pickle.loads(message))
    if call.logic is not None and isinstance(call.fn, Body) and call.fn.function.fingerprint != call.logic:
        raise RemoteCallError(
            f"{call.fn.__module__}.{call.fn.__qualname__} has another code in this worker than where it was called: "
            "its file was changed, or the worker has another version of it; start the program, or the workers, again"
        )
    return call


def _packed(reply: Reply) -> bytes:
    return pickle.dumps(tuple(reply), pickle.HIGHEST_PROTOCOL)


def _plain(text: str) -> str:
    """Return a text that `str.format` does not change."""
    return text.replace("{", "{{").replace("}", "}}")


def _cancel_what_is_left(runner: asyncio.Runner) -> None:
    """Cancel the tasks that a call left behind, as `asyncio.run` does."""
    import asyncio

    loop = runner.get_loop()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
