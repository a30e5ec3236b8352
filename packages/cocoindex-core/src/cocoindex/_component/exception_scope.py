"""`exception_handler`: a handler for the components mounted inside a block. Layer: _component."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager

from .._runtime.block import async_block
from .._runtime.failure import ExceptionHandler, checked_handler
from .._runtime.scope import Scope, current_scope, entered
from ..errors import ExceptionHandlerError


def exception_handler(handler: ExceptionHandler) -> AbstractAsyncContextManager[None]:
    """Call `handler` with the failures of components that are mounted inside an `async with` block.

    It is called before the handlers of outer blocks and the environment's. It applies to components mounted in the
    block, also by functions called there; not to those that the mounted components mount themselves.

    Args:
        handler: sync or async; takes the exception and an `ExceptionContext`. If it returns, the failure is settled;
            if it raises, the next outer handler is called, and what the outermost raises is raised by `ready()`.

    Raises:
        ExceptionHandlerError: (a TypeError) `handler` cannot be called with two arguments.
        NoComponentError: (a RuntimeError) no component is running here.
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
