"""One scan of a live map: whom it decides, and the removal of what it did not meet. Layer: _live.

The hot loop of `mount_each` goes through the items. This is what it asks of each where there is a live range.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from .._engine.keyspace import bounded
from .._engine.mount_call import MountCall
from .._engine.stale import mark_of
from .._engine.sweep import sweep_range
from ..errors import InvalidSubpathError, PathExistsError
from .scan import Met

if TYPE_CHECKING:
    from .._engine.component import Component
    from .._engine.mount_call import Members
    from .._engine.removal import Removal
    from .._keys import StableKey
    from .view import LiveMapMount


class MapScan:
    """One scan.

    Args:
        part: how the encoded paths of the children begin that it is about; None for all of the map.
        removes_only: whether what is met is left as it is.

    Attributes:
        number: its place among the calls of the range.
    """

    def __init__(self, mount: LiveMapMount, *, part: bytes | None = None, removes_only: bool = False) -> None:
        self._mount = mount
        self._part = mount.prefix if part is None else part
        self._scan = mount.range.announce_scan(part=part or b"", removes_only=removes_only)
        self._claimed: set[bytes] = set()
        self._met: dict[bytes, Met] = {}
        self.number = self._scan.number

    def begin(self) -> None:
        """Begin; what was called since it was made is newer."""
        self._scan.begin()

    def call(self, members: Members) -> MountCall:
        """What is common to what the scan mounts."""
        mount = self._mount
        call = MountCall(
            mount.run,
            mount.anchor,
            mount.processor,
            mount.kwargs,
            board=mount.board,
            handlers=mount.handlers,
            kind="mount_each",
            members=members,
            told=mount.port,
        )
        call.under_memo |= mount.has_cursors
        return call

    # For each batch of items

    def meet(self, keys: Sequence[bytes]) -> None:
        """Ask who decides these, right before what is stored of them is read."""
        self._mount.range.refuse_ended()
        meet = self._scan.meet
        self._met = {key: met for key in keys if (met := meet(bounded(key))) is not Met.GO}

    def takes(self, encoded: bytes, key: StableKey, value: Any) -> bool:
        """Whether the caller is to see to an item, or somebody else does.

        Raises:
            PathExistsError: (a ValueError) the key was there before in this scan.
            InvalidSubpathError: (a ValueError and TypeError) it is not in the part that this is about.
        """
        if not encoded.startswith(self._part):
            raise InvalidSubpathError(
                f"{shown(key)} was passed to update_part() of {self._mount.where}, but does not start with its prefix"
            )
        at = bounded(encoded)
        mark = mark_of(at)
        if mark in self._claimed:
            path = self._mount.anchor.stable_path
            for part in (*self._mount.path, key):
                path = path / part
            raise PathExistsError(f"a live map listed one key twice, for {path}; its keys must be unique")
        self._claimed.add(mark)
        met = self._met.get(encoded)
        if met is Met.BUSY:
            self._scan.put(at, self._mount.work(key, value))
        return met is None

    def began(self, child: Component) -> bool:
        """Say that a child is about to run, or to write; False where a later call decides it."""
        at = bounded(child.key)
        if not self._scan.began(at, self._mount.work(child.parts[-1], child.args[len(child.call.processor.args)])):
            return False
        self._mount.port.expect(at, partial(self._scan.ended, at))
        return True

    async def launch(self, child: Component) -> None:
        """Have a child run, of which `began` was said."""
        await self._mount.port.launch(child)

    def skipped(self, deps: bytes) -> None:
        """A child is as it was, of which the components above depend on what it does."""
        port = self._mount.port
        port.anchor.child_ended(ok=True, deps=deps)
        if port.on_ran is not None:
            port.on_ran(deps)

    # At its end

    async def sweep(self) -> None:
        """Remove what was not met."""
        mount = self._mount
        removals = mount.port.removals()
        await sweep_range(removals, mount.anchor, self._part, self._claimed, self._scan.claim_removal, self)
        mount.board.changed()

    def removed(self, removal: Removal, error: BaseException | None, propagated: BaseException | None, /) -> None:
        """A child that was not met is removed."""
        key = removal.record_key[len(self._mount.port.below) :]
        in_sink = error is not None and removal.plan is not None
        self._scan.ended(key, error, propagated=propagated, in_sink=in_sink)

    def finish(self) -> None:
        """All is decided."""
        self._scan.finish()

    def fail(self) -> None:
        """It was broken off: what it did not meet stays."""
        self._scan.fail()
