"""`auto_refresh`: a component that is to run again and again. Layer: _live."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Generic, ParamSpec

from cocoindex._shown import shown

from ..errors import MountError, MountTypeError

P = ParamSpec("P")


class AutoRefresh(Generic[P]):
    """What `auto_refresh` makes a class of: mounting it runs the function.

    Attributes:
        process_fn: the function.
        interval: how long after one run the next one begins, where updates go on.
    """

    __coco_process_fn__: Callable[..., Any]
    __coco_subpath_name__: str
    interval: datetime.timedelta

    def __init__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.args = args
        self.kwargs = kwargs


def auto_refresh(process_fn: Callable[P, Any], *, interval: datetime.timedelta) -> type[AutoRefresh[P]]:
    """A component that runs `process_fn` at regular intervals while an update goes on.

    In an update that ends, it is run once, just as if `process_fn` itself had been mounted: under the same path, with
    the same target states, failures and memo.

    Args:
        process_fn: what `coco.mount()` takes.
        interval: from the end of one run to the beginning of the next.

    Returns:
        A class to be given to `coco.mount()`, with the arguments of `process_fn`; `coco.use_mount()` refuses it.

    Raises:
        MountTypeError: (a TypeError) `process_fn` is no function, or the interval no timedelta.
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
        raise MountError(f"interval= of coco.auto_refresh() is {interval}; it must be more than nothing")
    given = getattr(process_fn, "__coco_subpath_name__", None)
    name: str = given if isinstance(given, str) else getattr(process_fn, "__name__", "auto_refresh")
    members = {"__coco_process_fn__": staticmethod(process_fn), "__coco_subpath_name__": name, "interval": interval}
    return type(name, (AutoRefresh,), members)
