"""`exception_handler`: a handler for the components mounted inside a block. Layer: _component."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .._runtime.failure import ExceptionHandler
from .._runtime.scope import Scope, current_scope, entered


@asynccontextmanager
async def exception_handler(handler: ExceptionHandler) -> AsyncIterator[None]:
    """Have `handler` told of the failures of components that are mounted inside the block, before outer handlers.

    Args:
        handler: sync or async, of the exception and an `ExceptionContext`; where it raises, the next one is told.
    """
    scope = current_scope("coco.exception_handler()")
    inner = Scope(scope.component, scope.frame, scope.prefix, (*scope.handlers, handler), scope.board, scope.in_call)
    with entered(inner):
        yield
