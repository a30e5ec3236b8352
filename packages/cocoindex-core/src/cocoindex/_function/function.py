"""Functions that `@coco.fn` marks: tracked, memoized, batched, run by runners. Layer: _function."""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeAlias, TypeVar

from .._runtime.scope import _scope, entered
from .._values import return_hint
from ..errors import FunctionDefinitionError
from .call_memo import call_async, call_sync, leave_tracked, tracked
from .live_logic import announce
from .logic import LogicFingerprint
from .memo_args import MemoArgs, MemoKeySpec
from .runner import Runner

if TYPE_CHECKING:
    import asyncio

    from .batching import Batcher

P = ParamSpec("P")
R = TypeVar("R")

LogicTracking: TypeAlias = Literal["full", "self"] | None


class Function(Generic[P, R]):
    """A function that takes part in change detection; call it as the function it wraps.

    Attributes:
        memo: whether its results are memoized.
        tracking: how far its logic counts for its callers.
        is_async: whether a call gives a coroutine.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        *,
        memo: bool,
        memo_key: MemoKeySpec | None,
        batching: bool,
        max_batch_size: int | None,
        runner: Runner | None,
        version: int | None,
        tracking: LogicTracking,
        deps: object,
        as_async: bool,
    ) -> None:
        functools.update_wrapper(self, fn)
        self.fn = fn
        self.name: str = getattr(fn, "__name__", type(fn).__name__)
        self.memo = memo
        self.tracking = tracking
        self.body_is_async = inspect.iscoroutinefunction(fn)
        self.is_async = self.body_is_async or as_async
        self.runner = runner
        self.batching = batching
        self._max_batch_size = max_batch_size
        self._batchers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Batcher]] = (
            weakref.WeakKeyDictionary()
        )
        self.memo_args = MemoArgs(fn, memo_key)
        self._logic = LogicFingerprint(fn, version=version, deps=deps)
        if tracking is not None:
            announce(self)
        if self.is_async:
            _mark_as_coroutine_function(self)

    @property
    def fingerprint(self) -> bytes:
        """What identifies the function's logic: 16 bytes."""
        return self._logic.digest

    @functools.cached_property
    def return_hint(self) -> Any:
        """The type that memoized results are rebuilt as."""
        hint = return_hint(self.fn)
        if self.batching:
            args = getattr(hint, "__args__", ())
            return args[0] if args else Any
        return hint

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self.is_async:
            return self.call_async(args, kwargs)  # type: ignore[return-value]  # R is the coroutine
        return self._call_sync(args, kwargs)  # type: ignore[no-any-return]

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else BoundFunction(self, instance)

    def __repr__(self) -> str:
        return f"<coco.fn {getattr(self.fn, '__qualname__', self.name)}>"

    def __reduce__(self) -> str:
        return self.fn.__qualname__

    def as_async(self, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        """Call it asynchronously, in a thread where the function is sync."""
        if self.is_async:
            return self.call_async(args, kwargs)
        return _to_thread(self._call_sync, args, kwargs)

    async def call_async(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        scope = _scope.get()
        if scope is None:
            return await self.run_async(args, kwargs)
        if self.memo:
            return await call_async(self, scope, args, kwargs)
        inner = tracked(self, scope)
        if inner is None:
            return await self.run_async(args, kwargs)
        with entered(inner):
            try:
                return await self.run_async(args, kwargs)
            finally:
                leave_tracked(scope, inner)

    def _call_sync(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        scope = _scope.get()
        if scope is None:
            return self.fn(*args, **kwargs)
        if self.memo:
            return call_sync(self, scope, args, kwargs)
        inner = tracked(self, scope)
        if inner is None:
            return self.fn(*args, **kwargs)
        with entered(inner):
            try:
                return self.fn(*args, **kwargs)
            finally:
                leave_tracked(scope, inner)

    def run_sync(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The body, neither tracked nor memoized."""
        return self.fn(*args, **kwargs)

    async def run_async(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The body, neither tracked nor memoized: batched and run as its options say."""
        if self.batching:
            return await self._batched(args, kwargs)
        return await self._run_body(*args, **kwargs)

    async def _run_body(self, *args: Any, **kwargs: Any) -> Any:
        if self.runner is not None:
            run = self.runner.run if self.body_is_async else self.runner.run_sync_fn
            return await run(self.fn, *args, **kwargs)
        if self.body_is_async:
            return await self.fn(*args, **kwargs)
        return await _to_thread(self.fn, *args, **kwargs)

    async def _batched(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        *owner, item = (*args, *kwargs.values())
        if len(owner) > 1:
            raise FunctionDefinitionError(f"the batched function {self.name} takes one argument, got {len(args)}")
        import asyncio

        batchers = self._batchers.setdefault(asyncio.get_running_loop(), {})
        key = id(owner[0]) if owner else 0
        batcher = batchers.get(key)
        if batcher is None:
            from .batching import Batcher

            batcher = Batcher(self.name, functools.partial(self._run_body, *owner), self._max_batch_size)
            batchers[key] = batcher
        return await batcher.call(item)


class BoundFunction(Generic[P, R]):
    """A `Function` bound to an instance, as a method is."""

    __slots__ = ("__func__", "__self__")

    def __init__(self, function: Function[P, R], instance: Any) -> None:
        self.__func__ = function
        self.__self__ = instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__func__(self.__self__, *args, **kwargs)

    def as_async(self, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        """Call it asynchronously, in a thread where the method is sync."""
        return self.__func__.as_async(self.__self__, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__func__, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundFunction) and other.__func__ is self.__func__ and other.__self__ is self.__self__

    def __hash__(self) -> int:
        return hash((id(self.__func__), id(self.__self__)))

    def __repr__(self) -> str:
        return f"<bound {self.__func__!r} of {self.__self__!r}>"


def _to_thread(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
    import asyncio

    return asyncio.to_thread(fn, *args, **kwargs)


async def _coroutine_function() -> None:
    """Its code says of itself that calling it gives a coroutine."""


def _mark_as_coroutine_function(obj: Any) -> None:
    """Have `inspect` and `asyncio` take a callable object for a coroutine function."""
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(obj)
    else:  # what has the attributes of a function is looked at as one
        obj.__code__ = _coroutine_function.__code__
        obj.__defaults__ = obj.__kwdefaults__ = None
