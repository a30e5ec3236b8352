"""`auto_refresh`: a component that runs periodically. Layer: _live."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec

from cocoindex._shown import shown

from .._function.function import Function, unbound
from ..errors import MountError, MountTypeError

if TYPE_CHECKING:
    from .._values import StateRef
    from .protocols import LiveComponentOperator

P = ParamSpec("P")


class AutoRefresh(Generic[P]):
    """The base of the classes that `auto_refresh` returns: a live component whose `process` is the function.

    Attributes:
        interval: the pause between two runs in a live update.
    """

    __coco_process_fn__: Callable[..., Any]
    __coco_subpath_name__: str
    interval: datetime.timedelta

    def __init__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.args = args
        self.kwargs = kwargs

    async def process(self) -> None:
        """Run the function."""
        result = self.__coco_process_fn__(*self.args, **self.kwargs)
        if inspect.isawaitable(result):
            await result

    async def process_live(self, operator: LiveComponentOperator) -> None:
        """Run it, then again after each interval; runs never overlap."""
        import asyncio

        await operator.update_full()
        await operator.mark_ready()
        self._warn_where_it_is_skipped()
        seconds = self.interval.total_seconds()
        while True:
            await asyncio.sleep(seconds)
            await operator.update_full()

    def _warn_where_it_is_skipped(self) -> None:
        """Warn that the runs will be skipped, which would otherwise go unnoticed."""
        bound, fn = unbound(self.__coco_process_fn__)
        if not isinstance(fn, Function) or not fn.memo:
            return
        states: list[StateRef] = []
        kwargs: Any = self.kwargs
        fn.memo_args.key((*bound, *self.args), kwargs, states)
        if not states:
            import logging

            from .._runtime.log import log

            message = (
                f"coco.auto_refresh({fn.name}) refreshes nothing: {fn.name} is memoized, and none of its arguments has "
                "a memo state that could change, so that it is skipped each time; leave out memo=True, and memoize "
                "what it calls or mounts"
            )
            log(logging.WARNING, message)


def auto_refresh(process_fn: Callable[P, Any], *, interval: datetime.timedelta) -> type[AutoRefresh[P]]:
    """Return a component that runs `process_fn` periodically in a live update; what it no longer declares is removed.

    A failed run goes to the exception handlers, and the next run follows as usual. In an update that is not live it
    runs once, exactly as if `process_fn` itself had been mounted: same path, target states, failures and memo.

    Args:
        process_fn: a function that `coco.mount()` accepts.
        interval: pause between the end of one run and the start of the next.

    Returns:
        A class to pass to `coco.mount()`, with the arguments of `process_fn`; `coco.use_mount()` refuses it.

    Raises:
        MountTypeError: (a TypeError) `process_fn` is not a function, or the interval is not a timedelta.
        MountError: (a ValueError) the interval is not positive.
    """
    if not callable(process_fn) or isinstance(process_fn, type):
        raise MountTypeError(f"coco.auto_refresh() takes a function, as coco.mount() does, not {shown(process_fn)}")
    if not isinstance(interval, datetime.timedelta):
        raise MountTypeError(
            f"interval= of coco.auto_refresh() is a datetime.timedelta, such as datetime.timedelta(minutes=5), "
            f"not {shown(interval)}"
        )
    if interval <= datetime.timedelta(0):
        raise MountError(f"interval= of coco.auto_refresh() is {interval}; it must be positive")
    given = getattr(process_fn, "__coco_subpath_name__", None)
    name: str = given if isinstance(given, str) else getattr(process_fn, "__name__", "auto_refresh")
    members = {"__coco_process_fn__": staticmethod(process_fn), "__coco_subpath_name__": name, "interval": interval}
    return type(name, (AutoRefresh,), members)
