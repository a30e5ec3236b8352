"""One scan of a live map: which keys it decides, and the removal of keys that it did not find. Layer: _live.

The hot loop of `mount_each` iterates over the items, and asks this about each item of a live range.
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
        part: the prefix of the encoded paths of the scanned children; None for the whole map.
        removes_only: whether found children are left unchanged.

    Attributes:
        number: its number among the calls of the range.
    """

    def __init__(self, mount: LiveMapMount, *, part: bytes | None = None, removes_only: bool = False) -> None:
        self._mount = mount
        self._part = mount.prefix if part is None else part
        self._scan = mount.range.announce_scan(part=part or b"", removes_only=removes_only)
        self._claimed: set[bytes] = set()
        self._met: dict[bytes, Met] = {}
        self.number = self._scan.number

    def begin(self) -> None:
        """Begin; calls made since its creation are newer."""
        self._scan.begin()

    def call(self, members: Members) -> MountCall:
        """Return the mount call for all children of the scan."""
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
        """Ask who decides these keys; call it right before their records are read."""
        self._mount.range.refuse_ended()
        meet = self._scan.meet
        self._met = {key: met for key in keys if (met := meet(bounded(key))) is not Met.GO}

    def takes(self, encoded: bytes, key: StableKey, value: Any) -> bool:
        """Return whether the caller must process an item, or somebody else does.

        Raises:
            PathExistsError: (a ValueError) the scan has already seen this key.
            InvalidSubpathError: (a ValueError and TypeError) the key is outside the scanned part.
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
        """Announce that a child will run or write; return False if a later call decides its key."""
        at = bounded(child.key)
        if not self._scan.began(at, self._mount.work(child.parts[-1], child.args[len(child.call.processor.args)])):
            return False
        self._mount.port.expect(at, partial(self._scan.ended, at))
        return True

    async def launch(self, child: Component) -> None:
        """Run a child that was announced by `began`."""
        await self._mount.port.launch(child)

    def skipped(self, deps: bytes) -> None:
        """Record a skipped child, whose dependencies count for the components above."""
        port = self._mount.port
        port.anchor.child_ended(ok=True, deps=deps)
        if port.on_ran is not None:
            port.on_ran(deps)

    # At its end

    async def sweep(self) -> None:
        """Remove the children that were not found."""
        mount = self._mount
        removals = mount.port.removals()
        await sweep_range(removals, mount.anchor, self._part, self._claimed, self._scan.claim_removal, self)
        mount.board.changed()

    def removed(self, removal: Removal, error: BaseException | None, propagated: BaseException | None, /) -> None:
        """Called when a child that was not found is removed."""
        if error is not None:
            self._mount.port.removal_failed()
        key = removal.record_key[len(self._mount.port.below) :]
        in_sink = error is not None and removal.plan is not None
        self._scan.ended(key, error, propagated=propagated, in_sink=in_sink)

    def finish(self) -> None:
        """Finish: all keys are decided."""
        self._scan.finish()

    def fail(self) -> None:
        """Abort: keys that were not found stay."""
        self._scan.fail()
