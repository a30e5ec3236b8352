"""`@block`: context managers around code of users, which may raise anything. Layer: _runtime.

Those of `contextlib` assign to the exception that leaves the block, which fails where it is frozen: the caller gets
another exception than was raised.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T_co = TypeVar("T_co", covariant=True)


class _Block(AbstractContextManager[T_co, None], Generic[T_co]):
    """Runs a generator to its `yield`, and from there when the block ends."""

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
    """A context manager of a generator function that yields once.

    Where the block fails, only the generator's `finally` clauses run: it neither sees nor changes the exception.
    """

    @functools.wraps(function)
    def make(*args: P.args, **kwargs: P.kwargs) -> _Block[T_co]:
        return _Block(function(*args, **kwargs))

    return make
