"""What type checkers see of the decorators that change a function's signature. Layer: _function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

from .function import Function

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")
OwnerT = TypeVar("OwnerT")


class Results(Protocol[R_co]):
    """What a batched body returns: a list, or anything that is indexed as one (an array)."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> R_co: ...


class AsyncBatchDecorator(Protocol):
    """Makes of a coroutine function from list to list one from item to item; what else it takes stays as it is."""

    @overload
    def __call__(
        self, fn: Callable[Concatenate[list[T], P], Awaitable[Results[R]]], /
    ) -> Function[Concatenate[T, P], Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(
        self, fn: Callable[Concatenate[OwnerT, list[T], P], Awaitable[Results[R]]], /
    ) -> Function[Concatenate[OwnerT, T, P], Coroutine[Any, Any, R]]: ...


class BatchDecorator(AsyncBatchDecorator, Protocol):
    """As `AsyncBatchDecorator`, also of sync functions."""

    @overload
    def __call__(
        self, fn: Callable[Concatenate[list[T], P], Awaitable[Results[R]]], /
    ) -> Function[Concatenate[T, P], Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(
        self, fn: Callable[Concatenate[OwnerT, list[T], P], Awaitable[Results[R]]], /
    ) -> Function[Concatenate[OwnerT, T, P], Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(
        self, fn: Callable[Concatenate[list[T], P], Results[R]], /
    ) -> Function[Concatenate[T, P], Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(
        self, fn: Callable[Concatenate[OwnerT, list[T], P], Results[R]], /
    ) -> Function[Concatenate[OwnerT, T, P], Coroutine[Any, Any, R]]: ...


class AsyncDecorator(Protocol):
    """Gives a function an async interface; a coroutine function keeps its own."""

    @overload
    def __call__(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> Function[P, Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(self, fn: Callable[P, R], /) -> Function[P, Coroutine[Any, Any, R]]: ...
