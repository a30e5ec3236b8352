"""Types of the decorators that change a function's signature, for type checkers. Layer: _function."""

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
    """The return type of a batched body: a list, or anything that is indexed like one (an array)."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> R_co: ...


class AsyncBatchDecorator(Protocol):
    """Turns a coroutine function from list to list into one from item to item; other parameters stay the same."""

    @overload
    def __call__(
        self, fn: Callable[Concatenate[list[T], P], Awaitable[Results[R]]], /
    ) -> Function[Concatenate[T, P], Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(
        self, fn: Callable[Concatenate[OwnerT, list[T], P], Awaitable[Results[R]]], /
    ) -> Function[Concatenate[OwnerT, T, P], Coroutine[Any, Any, R]]: ...


class BatchDecorator(AsyncBatchDecorator, Protocol):
    """Like `AsyncBatchDecorator`, also for sync functions."""

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
