"""Functions marked by `@coco.fn`: tracked, memoized, batched, run by runners. Layer: _function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import MethodType
from typing import Any, Generic, Literal, ParamSpec, TypeAlias, TypeVar

from .._runtime.deadline import _deadline, check_deadline, current_deadline
from .._runtime.log import WARNING, log
from .._runtime.scope import _scope, entered
from .._values import StoredType, module_name, return_hint, stored_type
from .batches import Batches
from .body import Body, mark_as_coroutine_function
from .call_memo import call_async, call_sync
from .live_logic import announce
from .logic import LogicFingerprint, Origin
from .logic_propagated_to_callers import owning
from .memo_args import MemoArgs, MemoKeySpec
from .out_of_reach import called_in_component, called_without_component, pickled
from .outcome import in_thread
from .reached import calling, is_collecting
from .runner import Runner, awaitable
from .tracked_call import leave_tracked, tracked

P = ParamSpec("P")
R = TypeVar("R")

LogicTracking: TypeAlias = Literal["full", "self"] | None


class Function(Generic[P, R]):
    """A function that takes part in change detection; call it like the function it wraps.

    Attributes:
        memo: whether its results are memoized.
        tracking: which logic counts for its callers.
        is_async: whether a call returns a coroutine.
        resources: what one call needs, for its runner: amounts by name, `memory` in bytes.
    """

    __name__: str
    __qualname__: str

    def __init__(
        self,
        fn: Callable[..., Any],
        *,
        memo: bool,
        memo_key: MemoKeySpec | None,
        batching: bool,
        max_batch_size: int | None,
        batches_in_flight: int | None,
        runner: Runner | None,
        resources: Mapping[str, float],
        version: int | None,
        tracking: LogicTracking,
        deps: object,
        as_async: bool,
    ) -> None:
        functools.update_wrapper(self, fn, updated=() if isinstance(fn, Function) else ("__dict__",))
        self.fn = owning(fn)
        self.name: str = getattr(fn, "__name__", type(fn).__name__)
        self.memo = memo
        self.tracking = tracking
        self.body_is_async = inspect.iscoroutinefunction(fn)
        self.is_async = self.body_is_async or as_async
        self.runner = runner
        self.batching = batching
        self.resources = resources
        self._batches_in_flight = batches_in_flight
        self._batches = (
            Batches(fn, self.name, max_batch_size, self._count_in_flight, self._run_body) if batching else None
        )
        self._return_hint: Any = None
        self._warned = False
        self._met = False
        self._stored_result: StoredType | None = None
        self._logic = LogicFingerprint(fn, version=version, deps=deps, tracks_called=tracking == "full")
        self.memo_args = MemoArgs(fn, memo_key, None if tracking is None else self._logic)
        if tracking is not None:
            announce(self)
        if self.is_async:
            mark_as_coroutine_function(self)

    @property
    def fingerprint(self) -> bytes:
        """The fingerprint of the function's logic: 16 bytes."""
        return self._logic.digest

    @property
    def origin(self) -> Origin:
        """Where the function was defined."""
        return self._logic.origin

    @property
    def return_hint(self) -> Any:
        """The type of restored memoized results; `Any` if there is none, or it cannot be resolved yet."""
        if self._return_hint is None:
            hint, resolved = return_hint(self.fn)
            if self.batching:
                from .item_hint import item_hint  # few functions are batched

                hint = item_hint(hint)
            if not resolved:
                if not self._warned:
                    self._warned = True
                    log(
                        WARNING,
                        f"the return annotation of {self.name} contains a name that is not defined there; its memoized "
                        "results come back as plain dicts and lists",
                    )
                return hint
            self._return_hint = hint
        return self._return_hint

    @property
    def stored_result(self) -> StoredType:
        """The serialization of its results."""
        if self._stored_result is None:
            found = stored_type(self.return_hint)
            if self._return_hint is None:  # not known yet
                return found
            self._stored_result = found
        return self._stored_result

    @functools.cached_property
    def body(self) -> Body:
        """The body, as runners get it."""
        return Body(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if _deadline.get() is not None:
            limited = self._limited_async if self.is_async else self._limited_sync
            return limited(args, kwargs)  # type: ignore[return-value]  # R is the coroutine, or the result
        if self.is_async:
            return self.call_async(args, kwargs)  # type: ignore[return-value]  # R is the coroutine
        if self.memo and self._met and (scope := _scope.get()) is not None:
            # No frame in between, because each counts against Python's recursion limit.
            return call_sync(self, scope, args, kwargs)  # type: ignore[no-any-return]
        return self._call_sync(args, kwargs)  # type: ignore[no-any-return]

    def __set_name__(self, owner: type, name: str) -> None:
        if self._batches is not None:
            self._batches.signature.in_class(owner)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else BoundFunction(self, instance)

    def __coco_made_of__(self, tracked: bool) -> bytes:
        """Return what a function that captured this one depends on: its name, and its content."""
        name = f"{module_name(self.fn.__module__)}\0{getattr(self.fn, '__qualname__', self.name)}\0".encode(
            "utf-8", "surrogatepass"
        )
        return name + self._logic.made_of if tracked and self.tracking is not None else name

    def __repr__(self) -> str:
        return f"<coco.fn {getattr(self.fn, '__qualname__', self.name)}>"

    def __reduce__(self) -> str:
        pickled(self)
        return self.fn.__qualname__

    async def as_async(self, *args: Any, **kwargs: Any) -> Any:
        """Call it asynchronously; a sync function runs in a thread."""
        if _deadline.get() is not None:
            return await self._limited_async(args, kwargs)
        return await self.call_async(args, kwargs)

    async def _limited_async(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call it with a time limit, checked at the begin and at the return."""
        check_deadline(current_deadline(), f"the call of {self.name}")
        result = await self.call_async(args, kwargs)
        check_deadline(current_deadline(), f"the return of {self.name}")
        return result

    def _limited_sync(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        check_deadline(current_deadline(), f"the call of {self.name}")
        result = self._call_sync(args, kwargs)
        check_deadline(current_deadline(), f"the return of {self.name}")
        return result

    async def call_async(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        scope = _scope.get()
        if scope is None:
            if not is_collecting():
                called_without_component(self)
                return await self.run_async(args, kwargs)
            with calling(self):
                return await self.run_async(args, kwargs)
        if not self._met:
            self._meet()
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
            if not is_collecting():
                called_without_component(self)
                return self.fn(*args, **kwargs)
            with calling(self):
                return self.fn(*args, **kwargs)
        if not self._met:
            self._meet()
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

    def _meet(self) -> None:
        """Inspect the first call made by a component."""
        self._met = True
        called_in_component(self)

    async def run_async(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the body, neither tracked nor memoized, with the batching and runner of its options."""
        if self.runner is not None and (scope := _scope.get()) is not None:
            scope.component.env._runners.use(self.runner)
        if self._batches is not None:
            return await self._batches.call(args, kwargs)
        return await self._run_body(args, kwargs)

    def _count_in_flight(self) -> int:
        """Return how many batches may run at once, by its option or else its runner."""
        if self._batches_in_flight is not None:
            return self._batches_in_flight
        return 1 if self.runner is None else max(1, self.runner.batches_of(self.body))

    async def _run_body(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.runner is not None:
            running: Any = self.runner.execute(self.body, args, kwargs, deadline=current_deadline())
            return await awaitable(running, self.runner, "execute")
        if self.body_is_async:
            return await self.fn(*args, **kwargs)
        return await in_thread(self.fn, args, kwargs)


def unbound(fn: Any) -> tuple[tuple[Any, ...], Any]:
    """Return the instance and the function of a bound method; for others, no instance and `fn`.

    From Python 3.13 on, class methods are bound by Python itself.
    """
    if isinstance(fn, BoundFunction) or (isinstance(fn, MethodType) and isinstance(fn.__func__, Function)):
        return (fn.__self__,), fn.__func__
    return (), fn


class BoundFunction(Generic[P, R]):
    """A `Function` bound to an instance, as a method is."""

    __slots__ = ("__func__", "__self__")

    def __init__(self, function: Function[P, R], instance: Any) -> None:
        self.__func__ = function
        self.__self__ = instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__func__(self.__self__, *args, **kwargs)

    async def as_async(self, *args: Any, **kwargs: Any) -> Any:
        """Call it asynchronously; a sync method runs in a thread."""
        return await self.__func__.as_async(self.__self__, *args, **kwargs)

    @property
    def __signature__(self) -> inspect.Signature:
        signature = inspect.signature(self.__func__)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__func__, name)

    def __reduce__(self) -> Any:
        return BoundFunction, (self.__func__, self.__self__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundFunction) and other.__func__ is self.__func__ and other.__self__ is self.__self__

    def __hash__(self) -> int:
        return hash((id(self.__func__), id(self.__self__)))

    def __repr__(self) -> str:
        return f"<bound {self.__func__!r} of {self.__self__!r}>"
