"""`exception_handler`: a handler for the components mounted inside a block. Layer: _component."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager

from .._runtime.block import async_block
from .._runtime.failure import ExceptionHandler, checked_handler
from .._runtime.scope import Scope, current_scope, entered
from ..errors import ExceptionHandlerError


def exception_handler(handler: ExceptionHandler) -> AbstractAsyncContextManager[None]:
    """Have `handler` told of the failures of components that are mounted inside an `async with` block.

    It is told before the handlers of outer blocks and that of the environment. It counts for what the block mounts, in
    functions that are called inside it too; not for what the mounted components mount themselves.

    Args:
        handler: sync or async, of the exception and an `ExceptionContext`. Where it returns, the failure is settled;
            where it raises, the next outer handler is told, and what the outermost raises comes out of `ready()`.

    Raises:
        ExceptionHandlerError: (a TypeError) `handler` cannot be called with two arguments.
        NoComponentError: (a RuntimeError) no component runs here.
    """
    if handler is None:
        raise ExceptionHandlerError("coco.exception_handler() takes a function, not None")
    return _pushed(checked_handler(handler, "coco.exception_handler()"))


@async_block
async def _pushed(handler: ExceptionHandler) -> AsyncGenerator[None, None]:
    scope = current_scope("coco.exception_handler()")
    inner = Scope(scope.component, scope.frame, scope.prefix, (*scope.handlers, handler), scope.board, scope.in_call)
    with entered(inner):
        yield
