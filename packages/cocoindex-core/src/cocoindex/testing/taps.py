"""Taps between an app and the sinks of a target, which observe and control calls. Testing kit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._app.app import App, AppConfig
from .._runtime.context import ContextProvider

if TYPE_CHECKING:
    from .._engine.apply import Shares
    from .._engine.unit import Unit
    from .._target.sink import TargetActionSink

#: When an update is interrupted: before the sink is called, after half of the components, or after all of them.
Moment: TypeAlias = Literal["before", "amid", "after"]

Failed: TypeAlias = "dict[Unit, BaseException]"
Really: TypeAlias = "Callable[[Shares], Awaitable[Failed]]"


class InterruptedUpdate(RuntimeError):
    """The suite ended the update on purpose; never leaves the suite."""


class Taps:
    """Observes the actions of an update, and can interrupt it.

    Attributes:
        actions: the actions on target states without children, in the order in which they were applied.
    """

    def __init__(self, moment: Moment | None = None, number: int = 0) -> None:
        self.actions: list[Any] = []
        self._moment = moment
        self._rounds_left = number

    async def apply(self, shares: Shares, really: Really) -> Failed:
        """Apply the actions for one sink with `really`; return the components whose actions failed, with the errors."""
        self._rounds_left -= 1
        if self._moment is None or self._rounds_left:
            self.note(shares)
            return await really(shares)
        if self._moment != "before":
            await really(shares if self._moment == "after" else shares[: (len(shares) + 1) // 2])
        raise InterruptedUpdate

    def note(self, shares: Shares) -> None:
        """Record the actions."""
        for _, (actions, children) in shares:
            self.actions += [a for a, child in zip(actions, children, strict=True) if child is None]


class InParts(Taps):
    """Passes the actions of one component at a time to the sink, in reverse order."""

    async def apply(self, shares: Shares, really: Really) -> Failed:
        self.note(shares)
        failed: Failed = {}
        for share in reversed(shares):
            failed |= await really([share])
        return failed


class Twice(Taps):
    """Applies all actions twice, as after a kill."""

    async def apply(self, shares: Shares, really: Really) -> Failed:
        self.note(shares)
        await really(shares)
        return await really(shares)


class Fated(Taps):
    """Lets components fail, after (True in `applied`) or before (False) their actions were applied.

    `applied` is indexed by a part of the component's name. After that, several records of such a component's target
    states are possible. Components whose names contain none of these parts do not fail.
    """

    def __init__(self, applied: Mapping[bytes, bool]) -> None:
        super().__init__()
        self._applied = applied

    async def apply(self, shares: Shares, really: Really) -> Failed:
        fates = [(share, self._fate(share[0].record_key)) for share in shares]
        failed = (
            await really(really_applied) if (really_applied := [s for s, fate in fates if fate is not False]) else {}
        )
        return {**{share[0]: InterruptedUpdate() for share, fate in fates if fate is not None}, **failed}

    def _fate(self, name: bytes) -> bool | None:
        end = name.rfind(b"~")
        return None if end < 0 else self._applied.get(name[name.rfind(b"~", 0, end) : end + 1])


class CancelledAmid(Taps):
    """Cancels the first sink call with actions on items after `turns` turns of the event loop, and ends the update.

    Attributes:
        was_cancelled: False if the call ended before.
    """

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.was_cancelled = False
        self._turns = turns

    async def apply(self, shares: Shares, really: Really) -> Failed:
        before = len(self.actions)
        self.note(shares)
        if len(self.actions) == before or self._turns < 0:
            return await really(shares)
        call = asyncio.ensure_future(really(shares))
        while not call.done() and self._turns > 0:
            self._turns -= 1
            await asyncio.sleep(0)
        self._turns = -1
        if call.done():
            return call.result()
        call.cancel()
        await asyncio.wait([call])
        self.was_cancelled = True
        raise InterruptedUpdate


class Meeting(Taps):
    """Lets several updates call their sinks with actions on items at the same time."""

    def __init__(self, barrier: asyncio.Barrier) -> None:
        super().__init__()
        self._barrier = barrier
        self._met = False

    async def apply(self, shares: Shares, really: Really) -> Failed:
        before = len(self.actions)
        self.note(shares)
        if not self._met and len(self.actions) > before:
            self._met = True
            await self._barrier.wait()
        return await really(shares)


class BeforeItems(Taps):
    """Calls a function before the first call of a sink with actions on items."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act: Callable[[], None] | None = act

    async def apply(self, shares: Shares, really: Really) -> Failed:
        before = len(self.actions)
        self.note(shares)
        if self._act is not None and len(self.actions) > before:
            act, self._act = self._act, None
            act()
        return await really(shares)


class TappedApp(App[[], None]):
    """An app whose sinks are called through taps.

    Attributes:
        taps: the taps; can be replaced between updates.
    """

    def __init__(self, taps: Taps, config: AppConfig, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.taps = taps
        super().__init__(config, main)

    async def _apply(self, context: ContextProvider, sink: TargetActionSink[Any], shares: Shares) -> Failed:
        really = super()._apply
        return await self.taps.apply(shares, lambda some: really(context, sink, some))
