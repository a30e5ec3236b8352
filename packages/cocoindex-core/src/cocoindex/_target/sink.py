"""Sinks: apply the actions of many components in one call. Layer: _target."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic

from cocoindex._shown import shown

from .._runtime.underway import APPLYING, counted
from .._values import call_misfit
from ..errors import TargetHandlerError, TargetStateError
from .handler import Applied, ChildTargetDef
from .type_variables import ActionT_contra, HandlerT_contra, UnusedT_co

if TYPE_CHECKING:
    from .._runtime.context import ContextProvider


class ChildSlot(Generic[HandlerT_contra]):
    """Receives the handler of one container's children, from a sink built with `from_fn_with_children`."""

    __slots__ = ("handler",)

    def __init__(self) -> None:
        self.handler: Any = None

    def fulfill(self, handler: HandlerT_contra, /) -> None:
        """Set the handler; once per slot, before the sink returns.

        Raises:
            TargetStateError: (a ValueError) the handler was already set.
            TargetHandlerError: (a TypeError) the argument is not a TargetHandler.
        """
        if not callable(getattr(handler, "reconcile", None)):
            raise TargetHandlerError(f"a child slot takes a handler, with reconcile(), not {shown(handler)}")
        if self.handler is not None:
            raise TargetStateError("a child slot was fulfilled twice; call fulfill() once for each container")
        self.handler = handler


class TargetActionSink(Generic[ActionT_contra, UnusedT_co]):
    """Applies actions to a target; built with `from_fn` or `from_async_fn`.

    Actions of several components that finish around the same time come in one call. A call that raises is retried in
    smaller batches, split between components, so an action may be applied twice: it must be idempotent.
    """

    __slots__ = ("_child_handler", "_fn", "_is_async", "_reports", "_with_slots")

    def __init__(
        self,
        fn: Callable[..., Any],
        *,
        is_async: bool,
        child_handler: Callable[..., Any] | None = None,
        with_slots: bool = False,
        reports: bool = False,
    ) -> None:
        takes = "the context provider, actions and child slots" if with_slots else "the context provider and actions"
        _check(fn, "a sink", takes, is_async=is_async)
        if child_handler is not None:
            _check(child_handler, "child_handler= of a sink", "the context provider and an action", is_async=False)
        self._fn = fn
        self._is_async = is_async
        self._child_handler = child_handler
        self._with_slots = with_slots
        self._reports = reports

    if not TYPE_CHECKING:

        def __class_getitem__(cls, types: Any) -> Any:
            """Accept the type of the child handler, which older programs pass as the second argument."""
            if isinstance(types, tuple) and len(types) > 1:
                warnings.warn(
                    "TargetActionSink takes one type argument, that of its actions; leave out the second one, which "
                    "has no meaning: reconcile() says which handler the children have",
                    DeprecationWarning,
                    stacklevel=2,
                )
            return super().__class_getitem__(types)

    @staticmethod
    def from_fn(
        fn: Callable[[ContextProvider, Sequence[Any]], Any],
        *,
        child_handler: Callable[[ContextProvider, Any], Any] | None = None,
        reports: bool = False,
    ) -> TargetActionSink[Any, Any]:
        """Return a sink from `fn(context_provider, actions)`, which runs in a thread.

        Raises:
            TargetHandlerError: (a TypeError) a function is async, or cannot be called with these arguments.

        Args:
            fn: applies the actions; if it raises, the components that declared them fail.
            child_handler: `child_handler(context_provider, action)` returns the handler of the children of a container
                that was created, updated or found unchanged.
            reports: whether `fn` returns a dict from the index of an action to a `connectorkits.target.Applied` with
                new facts about the target state, such as the identity of a created container. It may also return None.
        """
        return TargetActionSink(fn, is_async=False, child_handler=child_handler, reports=reports)

    @staticmethod
    def from_async_fn(
        fn: Callable[[ContextProvider, Sequence[Any]], Awaitable[Any]],
        *,
        child_handler: Callable[[ContextProvider, Any], Any] | None = None,
        reports: bool = False,
    ) -> TargetActionSink[Any, Any]:
        """Return a sink from an async `fn(context_provider, actions)`; otherwise like `from_fn`. `child_handler` is
        sync."""
        return TargetActionSink(fn, is_async=True, child_handler=child_handler, reports=reports)

    @staticmethod
    def from_fn_with_children(
        fn: Callable[[ContextProvider, Sequence[Any], Mapping[int, ChildSlot[Any]]], None],
    ) -> TargetActionSink[Any, Any]:
        """Return a sink whose `fn` also takes child slots, by the index of their action. Prefer
        `from_fn(child_handler=)`."""
        return TargetActionSink(fn, is_async=False, with_slots=True)

    @staticmethod
    def from_async_fn_with_children(
        fn: Callable[[ContextProvider, Sequence[Any], Mapping[int, ChildSlot[Any]]], Awaitable[None]],
    ) -> TargetActionSink[Any, Any]:
        """Async counterpart of `from_fn_with_children`. Prefer `from_async_fn(child_handler=)`."""
        return TargetActionSink(fn, is_async=True, with_slots=True)

    async def _apply(self, *args: Any) -> Any:
        """Call the function; a sync one runs in a thread.

        Raises:
            TargetHandlerError: (a TypeError) a sync function returned an awaitable, or an async one did not.
        """
        if not self._is_async:
            # A program without sync sinks needs no threads.
            from .._runtime.daemon_threads import in_sink_thread

            returned = await in_sink_thread(self._fn, args, APPLYING)
            if inspect.iscoroutine(returned):
                returned.close()
                raise TargetHandlerError(
                    f"the sink {_name(self._fn)} returned a coroutine, of which nothing ran: build it with "
                    "TargetActionSink.from_async_fn()"
                )
            return returned
        with counted(APPLYING):
            return await self._awaited(self._fn(*args))

    async def _awaited(self, running: Any) -> Any:
        if not inspect.isawaitable(running):
            raise TargetHandlerError(
                f"the sink {_name(self._fn)} returned a {type(running).__name__}, which cannot be awaited: make it "
                "async, or build it with TargetActionSink.from_fn()"
            )
        return await running

    def _reported(self, returned: Any, count: int) -> Mapping[int, Applied[Any]]:
        """Return the report of a sink for `count` actions; raise `TargetStateError` if it is invalid."""
        if returned is None:
            return {}
        if isinstance(returned, Mapping) and all(
            isinstance(at, int) and 0 <= at < count and isinstance(what, Applied) for at, what in returned.items()
        ):
            return returned
        raise TargetStateError(
            f"the sink {_name(self._fn)}, built with reports=True, returned {shown(returned)} for {count} "
            "actions; return "
            "None, or a dict of connectorkits.target.Applied by the index of the action"
        )

    def _slots(self, wanted: Sequence[bool]) -> dict[int, ChildSlot[Any]]:
        """Return empty slots for the actions whose target states were declared with a child."""
        return {i: ChildSlot() for i, w in enumerate(wanted) if w}

    def _child_handlers(
        self,
        context: ContextProvider,
        actions: Sequence[Any],
        wanted: Sequence[bool],
        slots: Mapping[int, ChildSlot[Any]],
        returned: Any,
    ) -> list[Any]:
        """Return the handlers of the children in the order of the actions, None for an action without children.

        Raises:
            TargetStateError: the sink broke its contract.
        """
        if self._child_handler is not None:
            return [self._child(context, a) if w else None for a, w in zip(actions, wanted, strict=True)]
        if self._with_slots:
            return self._from_slots(len(actions), slots)
        if returned is None:
            return [None] * len(actions)
        return self._from_list(len(actions), returned)

    def _child(self, context: ContextProvider, action: Any) -> Any:
        assert self._child_handler is not None
        handler = self._child_handler(context, action)
        if handler is None:
            raise TargetHandlerError(
                f"child_handler= of the sink {_name(self._fn)}, {_name(self._child_handler)}, returned None for the "
                f"action {action!r}; it has to return the handler of what is in the container"
            )
        return handler

    def _from_slots(self, n: int, slots: Mapping[int, ChildSlot[Any]]) -> list[Any]:
        for i, slot in slots.items():
            if slot.handler is None:
                raise TargetStateError(
                    f"the sink {_name(self._fn)} left the child slot of action {i} unfulfilled; "
                    "call child_slots[i].fulfill(handler) for every slot before it returns"
                )
        return [slots[i].handler if i in slots else None for i in range(n)]

    def _from_list(self, n: int, returned: Any) -> list[Any]:
        of_children = isinstance(returned, Sequence) and all(
            d is None or isinstance(d, ChildTargetDef) for d in returned
        )
        if not of_children or len(returned) != n:
            what = f"{len(returned)} child definitions" if of_children else repr(returned)
            raise TargetStateError(
                f"the sink {_name(self._fn)} returned {what} for {n} actions; "
                "return None, or a list with one ChildTargetDef or None for each action"
            )
        warnings.warn(
            f"the sink {_name(self._fn)} returns ChildTargetDef entries; give child_handler= to from_fn() instead",
            DeprecationWarning,
            stacklevel=2,
        )
        return [None if d is None else d.handler for d in returned]


def _check(fn: Any, what: str, takes: str, *, is_async: bool) -> None:
    if not callable(fn):
        raise TargetHandlerError(f"{what} is a function of {takes}, not {shown(fn)}")
    if not is_async and (inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(type(fn).__call__)):
        instead = "TargetActionSink.from_async_fn() is for async ones" if what == "a sink" else "make it sync"
        raise TargetHandlerError(f"{what} is a sync function here, not the async {_name(fn)}; {instead}")
    if (why := call_misfit(fn, (None,) * (3 if "slots" in takes else 2))) is not None:
        raise TargetHandlerError(f"{what} is a function of {takes}, which {_name(fn)} does not take: {why}")


def _name(fn: Callable[..., Any]) -> str:
    return getattr(fn, "__qualname__", repr(fn))
