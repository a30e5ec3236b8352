"""Live components as children of a live component. Layer: _live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .component import LiveMount, id_of

if TYPE_CHECKING:
    from .._engine.outcome import Outcome
    from .._keys import StableKey
    from .mailbox import Call
    from .needs import Done
    from .port import EnginePort
    from .protocols import LiveComponent


class LiveWork:
    """Mounts a live component as a child of a range, replacing an existing child.

    For the range, this work is done when the component is mounted, because it may run for long. Callers wait until it
    is ready.
    """

    __slots__ = ("_args", "_key", "_kind", "_kwargs", "_mounted", "_parts")

    def __init__(
        self,
        kind: type[LiveComponent],
        parts: tuple[StableKey, ...],
        key: bytes,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._kind = kind
        self._parts = parts
        self._key = key
        self._args, self._kwargs = args, kwargs
        self._mounted: Outcome | None = None

    async def ready(self) -> None:
        """Wait until it is ready, if it was mounted."""
        if self._mounted is not None:
            await self._mounted.ready()

    async def begin(self, port: EnginePort, key: bytes, done: Done) -> None:
        roll = port.anchor.run.roll
        await roll.retire_at(port.below + key)
        if ident := id_of(port.anchor.run.store.get(port.below + key)):
            await roll.retire_below(ident)
        port.anchor.disturb()
        mount = LiveMount(
            port.anchor,
            self._parts,
            self._key,
            self._kind,
            self._args,
            self._kwargs,
            port.board,
            port.handlers,
            port.member,
            lambda mount: port.nested_ready(mount.outcome),
        )
        self._mounted = mount.outcome
        port.expect_nested(mount.outcome)
        mount.begin()
        done()


class CalledAndReady:
    """Ready when a call has run and the mounted component is ready."""

    __slots__ = ("_call", "_work")

    def __init__(self, call: Call, work: LiveWork) -> None:
        self._call = call
        self._work = work

    async def ready(self) -> None:
        await self._call.ready()
        await self._work.ready()
