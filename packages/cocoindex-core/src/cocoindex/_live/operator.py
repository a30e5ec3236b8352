"""The operator that `process_live` of a live component calls. Layer: _live."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._engine.anchor import Anchor
from .._engine.component import Component
from .._engine.execution import Execution
from .._engine.mount_call import MountCall
from .._function.processor import processor_of
from .._runtime.log import log
from .._runtime.mount_handle import ComponentMountHandle
from .._runtime.scope import _scope
from .._runtime.subpath import ComponentSubpath
from ..errors import MountTypeError
from .component import LiveMount, check_live
from .kinds import is_live_component
from .live_work import CalledAndReady, LiveWork
from .loop_calls import LoopCalls
from .port import MountWork

if TYPE_CHECKING:
    from .._keys import StableKey
    from .port import Work

_LONG_SECONDS = 1.0


class Operator(LoopCalls):
    """The operator of one run of `process_live`; see `LiveComponentOperator`."""

    _loop: LiveMount

    def __init__(self, mount: LiveMount) -> None:
        super().__init__(mount)

    async def update_full(self) -> None:
        await self._check()
        with self._telling_of_its_own_end("update_full()", self._loop, self._loop.port):
            await self._loop.update_full()

    async def update(
        self, subpath: ComponentSubpath, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> ComponentMountHandle:
        await self._check()
        _check_path(subpath, "operator.update()")
        work = self._work(fn, args, kwargs)
        made: list[Work] = []

        def make(parts: tuple[StableKey, ...], key: bytes) -> Work:
            made.append(work(parts, key))
            return made[0]

        with self._telling_of_its_own_end("update()", self._loop):
            call = await self._loop.call(subpath, make)
        what = made[0]
        return ComponentMountHandle(CalledAndReady(call, what) if isinstance(what, LiveWork) else call)

    async def delete(self, subpath: ComponentSubpath, /) -> ComponentMountHandle:
        await self._check()
        _check_path(subpath, "operator.delete()")
        with self._telling_of_its_own_end("delete()", self._loop):
            return ComponentMountHandle(await self._loop.call(subpath, None))

    @contextmanager
    def _telling_of_its_own_end(self, name: str, *waited_for: object) -> Iterator[None]:
        """Log a call that takes long and was made in a component that the call itself waits for.

        It is not refused, because it may be in a task that the component does not wait for.
        """
        inside = _running_in(waited_for)
        if inside is None:
            yield
            return
        text = (
            f"operator.{name} was called in {inside}, and waits until that has ended; call it in process_live(), "
            "and mount in process()"
        )
        timer = asyncio.get_running_loop().call_later(_LONG_SECONDS, log, logging.WARNING, text)
        try:
            yield
        finally:
            timer.cancel()

    def _work(
        self, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[tuple[StableKey, ...], bytes], Work]:
        if is_live_component(fn):
            check_live(fn, args, kwargs, "operator.update()")
            return lambda parts, key: LiveWork(fn, parts, key, args, kwargs)
        processor = processor_of(fn, "operator.update()")
        processor.check("operator.update()", args, kwargs)
        mount = self._loop
        call = MountCall(
            mount.run,
            mount.anchor,
            processor,
            kwargs,
            board=mount.board,
            handlers=mount.handlers,
            kind="process_live",
            told=mount.port,
        )
        call.under_memo |= mount.has_cursors
        return lambda parts, key: MountWork(call, parts, key, args)


def _running_in(waited_for: tuple[object, ...]) -> Component | None:
    """Return the component, among those that these listen to, in which the caller is (at any depth)."""
    scope = _scope.get()
    execution = None if scope is None else scope.component
    at: Component | Anchor | None = execution.component if isinstance(execution, Execution) else None
    while isinstance(at, Component):
        if at.call.told in waited_for and not at.outcome.complete:
            return at
        at = at.parent
    return None


def _check_path(subpath: object, what: str) -> None:
    if not isinstance(subpath, ComponentSubpath):
        raise MountTypeError(
            f"{what} takes a coco.component_subpath(...) first, which says what child it is about, not a "
            f"{type(subpath).__name__}"
        )
