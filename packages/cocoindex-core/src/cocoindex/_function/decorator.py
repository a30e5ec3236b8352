"""`@coco.fn` and `@coco.fn.as_async`. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

from cocoindex._shown import shown

from ..errors import FunctionDefinitionError, FunctionDefinitionTypeError, RunnerError
from .function import Function, LogicTracking
from .memo_args import MemoKeySpec
from .resources import checked_resources
from .runner import Runner

if TYPE_CHECKING:
    from .decorator_types import AsyncBatchDecorator, AsyncDecorator, BatchDecorator

P = ParamSpec("P")
R = TypeVar("R")


class FunctionDecorator:
    """Decorator for functions whose logic is tracked: `@coco.fn`, `@coco.fn(memo=True)`, `@coco.fn.as_async`."""

    @overload
    def __call__(self, fn: Callable[P, R], /) -> Function[P, R]: ...
    @overload
    def __call__(
        self,
        /,
        *,
        batching: Literal[True],
        memo: bool = False,
        memo_key: MemoKeySpec | None = None,
        max_batch_size: int | None = None,
        batches_in_flight: int | None = None,
        runner: Runner | None = None,
        resources: Mapping[str, object] | None = None,
        version: int | None = None,
        logic_tracking: LogicTracking = "full",
        deps: object = None,
    ) -> AsyncBatchDecorator: ...
    @overload
    def __call__(
        self,
        /,
        *,
        memo: bool = False,
        memo_key: MemoKeySpec | None = None,
        batching: Literal[False] = False,
        runner: Runner | None = None,
        resources: Mapping[str, object] | None = None,
        version: int | None = None,
        logic_tracking: LogicTracking = "full",
        deps: object = None,
    ) -> Callable[[Callable[P, R]], Function[P, R]]: ...
    def __call__(
        self,
        fn: Callable[..., Any] | None = None,
        /,
        *,
        memo: bool = False,
        memo_key: MemoKeySpec | None = None,
        batching: bool = False,
        max_batch_size: int | None = None,
        batches_in_flight: int | None = None,
        runner: Runner | None = None,
        resources: Mapping[str, object] | None = None,
        version: int | None = None,
        logic_tracking: LogicTracking = "full",
        deps: object = None,
    ) -> Any:
        """Mark a function; it stays sync or async as it is.

        Args:
            fn: the function, if the decorator is used without options.
            memo: skip the call and return the stored result if neither logic, arguments nor context changed.
            memo_key: by parameter name, a function that returns the identity of the argument, or None to leave it out.
            batching: the function takes a list and returns a list; callers pass one item and get one result.
            max_batch_size: the maximum number of items in a batch.
            batches_in_flight: how many batches run at once; by default as many as the runner accepts.
            runner: where the body runs, such as `coco.GPU` or a `coco.ProcessRunner`.
            resources: what one call needs, such as `{"gpus": 1, "cpus": 2, "memory": "4GB"}`, for runners that place
                calls by resources; other runners ignore it.
            version: replaces the function's code in its identity: increase it to make callers run again.
            logic_tracking: `full`: its own code and that of the functions it calls count; `self`: its own code only;
                None: no code.
            deps: values outside the function that its logic depends on; evaluated when the decorator runs.

        Raises:
            FunctionDefinitionError, FunctionDefinitionTypeError: an option does not fit the function.
        """
        return _decorate(
            fn,
            as_async=False,
            memo=memo,
            memo_key=memo_key,
            batching=batching,
            max_batch_size=max_batch_size,
            batches_in_flight=batches_in_flight,
            runner=runner,
            resources=resources,
            version=version,
            logic_tracking=logic_tracking,
            deps=deps,
        )

    @overload
    def as_async(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> Function[P, Coroutine[Any, Any, R]]: ...
    @overload
    def as_async(self, fn: Callable[P, R], /) -> Function[P, Coroutine[Any, Any, R]]: ...
    @overload
    def as_async(
        self,
        /,
        *,
        batching: Literal[True],
        memo: bool = False,
        memo_key: MemoKeySpec | None = None,
        max_batch_size: int | None = None,
        batches_in_flight: int | None = None,
        runner: Runner | None = None,
        resources: Mapping[str, object] | None = None,
        version: int | None = None,
        logic_tracking: LogicTracking = "full",
        deps: object = None,
    ) -> BatchDecorator: ...
    @overload
    def as_async(
        self,
        /,
        *,
        memo: bool = False,
        memo_key: MemoKeySpec | None = None,
        batching: Literal[False] = False,
        runner: Runner | None = None,
        resources: Mapping[str, object] | None = None,
        version: int | None = None,
        logic_tracking: LogicTracking = "full",
        deps: object = None,
    ) -> AsyncDecorator: ...
    def as_async(
        self,
        fn: Callable[..., Any] | None = None,
        /,
        *,
        memo: bool = False,
        memo_key: MemoKeySpec | None = None,
        batching: bool = False,
        max_batch_size: int | None = None,
        batches_in_flight: int | None = None,
        runner: Runner | None = None,
        resources: Mapping[str, object] | None = None,
        version: int | None = None,
        logic_tracking: LogicTracking = "full",
        deps: object = None,
    ) -> Any:
        """Like `@coco.fn`, with an async interface: a sync body runs in a thread."""
        return _decorate(
            fn,
            as_async=True,
            memo=memo,
            memo_key=memo_key,
            batching=batching,
            max_batch_size=max_batch_size,
            batches_in_flight=batches_in_flight,
            runner=runner,
            resources=resources,
            version=version,
            logic_tracking=logic_tracking,
            deps=deps,
        )


fn = FunctionDecorator()


def _decorate(
    fn: Callable[..., Any] | None,
    *,
    as_async: bool,
    memo: bool,
    memo_key: MemoKeySpec | None,
    batching: bool,
    max_batch_size: int | None,
    batches_in_flight: int | None,
    runner: Runner | None,
    resources: Mapping[str, object] | None,
    version: int | None,
    logic_tracking: LogicTracking,
    deps: object,
) -> Any:
    def decorate(fn: Callable[..., Any]) -> Function[..., Any]:
        is_async = as_async or inspect.iscoroutinefunction(fn)
        _check_function(fn, plain=not (memo or batching or runner is not None or as_async))
        if (batching or runner is not None) and not is_async:
            raise FunctionDefinitionError(
                f"{fn.__qualname__} is a sync function: batching and runners need an async interface; "
                "use @coco.fn.as_async(...)"
            )
        return Function(
            fn,
            memo=memo,
            memo_key=memo_key,
            batching=batching,
            max_batch_size=max_batch_size,
            batches_in_flight=batches_in_flight,
            runner=runner,
            resources=needed,
            version=version,
            tracking=logic_tracking,
            deps=deps,
            as_async=as_async,
        )

    _check_options(memo, memo_key, batching, max_batch_size, runner, version, logic_tracking, deps)
    needed = checked_resources(resources)
    _check_count("batches_in_flight", batches_in_flight, batching)
    return decorate if fn is None else decorate(fn)


def _check_function(fn: Any, *, plain: bool) -> None:
    if isinstance(fn, classmethod | staticmethod):
        raise FunctionDefinitionTypeError(
            f"put @{type(fn).__name__} above @coco.fn, not below it, on {fn.__func__.__qualname__}"
        )
    if not callable(fn) or not hasattr(fn, "__qualname__"):
        raise FunctionDefinitionTypeError(f"@coco.fn marks functions and methods, not {shown(fn)}")
    if isinstance(fn, type):
        raise FunctionDefinitionTypeError(f"@coco.fn marks functions and methods, not the class {fn.__qualname__}")
    if not plain and (inspect.isasyncgenfunction(fn) or inspect.isgeneratorfunction(fn)):
        raise FunctionDefinitionTypeError(
            f"{fn.__qualname__} is a generator, which produces its items after the call: it cannot be memoized, "
            "batched, given to a runner or made async; return a list"
        )


def _check_options(
    memo: object,
    memo_key: Any,
    batching: object,
    max_batch_size: Any,
    runner: Any,
    version: Any,
    tracking: Any,
    deps: object,
) -> None:
    if not isinstance(memo, bool):
        raise FunctionDefinitionTypeError(
            f"memo is True or False, not {shown(memo)}; use memo_key= to say what identifies an argument"
        )
    if not isinstance(batching, bool):
        raise FunctionDefinitionTypeError(
            f"batching is True or False, not {shown(batching)}; use max_batch_size= to limit the size of a batch"
        )
    if not _is_tracking(tracking):
        raise FunctionDefinitionError(f"logic_tracking is 'full', 'self' or None, not {shown(tracking)}")
    if tracking is None and deps is not None:
        raise FunctionDefinitionError("deps= needs logic tracking; it cannot be combined with logic_tracking=None")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise FunctionDefinitionTypeError(f"version is a whole number, not {shown(version)}")
    _check_count("max_batch_size", max_batch_size, batching)
    if runner is not None and not isinstance(runner, Runner):
        raise RunnerError(
            f"runner is an object of a class derived from coco.Runner, such as coco.GPU, not {shown(runner)}"
        )
    if memo_key is not None and not isinstance(memo_key, Mapping):
        raise FunctionDefinitionTypeError(f"memo_key is a dict by parameter name, not {type(memo_key).__name__}")


def _check_count(option: str, value: object, batching: object) -> None:
    if value is None:
        return
    if not batching:
        raise FunctionDefinitionError(f"{option}= requires batching=True")
    if not isinstance(value, int) or isinstance(value, bool):
        raise FunctionDefinitionTypeError(f"{option} is a whole number, not {shown(value)}")
    if value < 1:
        raise FunctionDefinitionError(f"{option} is {value}; it must be at least 1")


def _is_tracking(tracking: object) -> bool:
    return tracking is None or (isinstance(tracking, str) and tracking in ("full", "self"))
