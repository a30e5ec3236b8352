"""`@block` and `@async_block`: context managers around user code, which may raise anything. Layer: _runtime.

Those of `contextlib` assign to the exception that leaves the block. This fails for a frozen exception, and the caller
gets a different one.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import Generic, ParamSpec, TypeVar

from .._described import raised_at

P = ParamSpec("P")
T_co = TypeVar("T_co", covariant=True)


class _Block(Generic[T_co]):
    """Runs a generator to its `yield`, and the rest when the block ends."""

    __slots__ = ("_generator",)

    def __init__(self, generator: Iterator[T_co]) -> None:
        self._generator = generator

    def __enter__(self) -> T_co:
        return next(self._generator)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            next(self._generator, None)
        else:
            self._generator.close()  # type: ignore[attr-defined]  # it is a generator


def block(function: Callable[P, Iterator[T_co]]) -> Callable[P, AbstractContextManager[T_co, None]]:
    """Make a context manager from a generator function that yields once.

    If the block fails, only the generator's `finally` clauses run: it neither sees nor changes the exception.
    """

    @functools.wraps(function)
    def make(*args: P.args, **kwargs: P.kwargs) -> _Block[T_co]:
        return _Block(function(*args, **kwargs))

    return make


class _AsyncBlock(Generic[T_co]):
    """Like `_Block`; the generator gets the exception, and may raise another one."""

    __slots__ = ("_generator",)

    def __init__(self, generator: AsyncGenerator[T_co, None]) -> None:
        self._generator = generator

    async def __aenter__(self) -> T_co:
        return await anext(self._generator)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            await anext(self._generator, None)
            return
        try:
            await self._generator.athrow(error)
        except BaseException as raised:
            # A generator turns a StopIteration into another exception, by the rules of the language.
            if raised is not error and raised.__cause__ is not error:
                raise
        finally:
            raised_at(error, traceback)  # without this frame and that of the generator, which refer to it
            del error, traceback


def async_block(
    function: Callable[P, AsyncGenerator[T_co, None]],
) -> Callable[P, AbstractAsyncContextManager[T_co, None]]:
    """Make an async context manager from a generator function that yields once; the block's exception passes
    unchanged."""

    @functools.wraps(function)
    def make(*args: P.args, **kwargs: P.kwargs) -> _AsyncBlock[T_co]:
        return _AsyncBlock(function(*args, **kwargs))

    return make
