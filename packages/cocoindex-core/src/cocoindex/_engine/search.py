"""Finds out which components fail, after a call for all of them has failed. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._described import is_a, words_of
from .._runtime.interruption import is_interruption
from .exchanges import has_old, of_one_kind, pairs, without_one
from .refusal import is_refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .apply import Shares
    from .unit import Unit

_ALIKE, _ALONE = 4, 16
"""So many components that fail alone, while none succeeds, are a target out of reach: fewer where all fail alike."""

_FEW = 8
"""So many that have failed, and not alike, may exchange what they have, though the target has not been reached."""

_PATIENCE = 16
"""After so many failures in a row, what succeeded before is tried once more, as the target may have gone meanwhile."""


class Search:
    """Applies the actions of one sink in parts, to find the bad components.

    With k bad components among n it takes about 2·k·log₂ n calls, at most 2·n, and all others are applied. A call that
    succeeds proves that the target can be reached, and so does one that fails because of what is written. Before the
    first such call, components are tried alone: if these fail, the target cannot be reached.
    Components that fail alone may exchange something, such as a unique value: they succeed only together.

    An exception of a sink refers to the frames here. So these drop the exception before they end: otherwise both would
    stay in memory, with all values, until garbage is collected.

    Args:
        call: calls the sink for some components.
        shares: all of them.
        error: the exception of the call for all.
    """

    def __init__(self, call: Callable[[Shares], Awaitable[None]], shares: Shares, error: BaseException) -> None:
        self._failed: dict[Unit, BaseException] = {}
        self._call = call
        self._shares = shares
        self._good: Shares | None = None
        self._reached = False
        self._in_a_row = 0
        self._patience = _PATIENCE
        self._words: set[tuple[type, str]] = set()
        self._note(shares, error)

    async def run(self) -> None:
        """Apply what can be applied."""
        await self._search()
        if len(self._failed) > 1:
            await self._try_together()

    def end(self) -> dict[Unit, BaseException]:
        """Return the units with a failed action, with the exception, and drop the references to them."""
        failed, self._failed, self._shares, self._good = self._failed, {}, [], None
        return failed

    async def _search(self) -> None:
        """Find the bad components after the call for all has failed."""
        rest = await self._try_alone(self._shares)
        waiting = [rest] if rest and not await self._try(rest) else []
        while waiting:
            group = waiting.pop()
            if len(group) == 1 or await self._is_gone():
                continue
            middle = len(group) // 2
            for half in (group[middle:], group[:middle]):
                if not await self._try(half):
                    waiting.append(half)

    async def _try_alone(self, shares: Shares) -> Shares:
        """Find out whether the target can be reached; return what is left to try."""
        if len(shares) == 1 or is_a(self._failed[shares[0][0]], TimeoutError):  # smaller calls would wait as long again
            return []
        rest = list(shares)
        for number in range(min(_ALONE, len(shares))):
            # The first, then others that are far from each other.
            [alone] = [rest.pop(number * (len(rest) - 1) // _ALIKE % len(rest))]
            if await self._try([alone]) or self._reached:
                break
            self._words.add(words_of(self._failed[alone[0]]))
            if number + 1 >= _ALIKE and len(self._words) == 1:
                break
        return rest if self._reached else []

    async def _try_together(self) -> None:
        """Try failed components together: they may exchange something, or block each other."""
        failed, had = self._still_failed(), self._still_failed(has_old)
        if not had or not (self._reached or (len(failed) <= _FEW and len(self._words) > 1)):
            return
        if len(failed) < len(self._shares):
            await self._try_again([failed])
        await self._try_again(without_one(failed))
        if len(had) < len(failed):
            await self._try_again([had])
        if self._reached or len(failed) <= _ALIKE:
            await self._try_again(of_one_kind(self._still_failed(has_old), dict(self._failed)))
            await self._try_again(pairs(self._still_failed(has_old)))

    def _still_failed(self, which: Callable[[Unit], bool] = lambda unit: True) -> Shares:
        return [share for share in self._shares if share[0] in self._failed and which(share[0])]

    async def _try_again(self, groups: Iterable[Shares]) -> None:
        """Try some failed components together; if that fails, each keeps its own error."""
        for group in groups:
            if len(group) < 2 or any(unit not in self._failed for unit, _ in group) or await self._is_gone():
                continue
            if await self._succeeds(group):
                for unit, _ in group:
                    del self._failed[unit]

    async def _is_gone(self) -> bool:
        """Return whether the target can no longer be reached."""
        if self._in_a_row < self._patience:
            return False
        if self._good is None or not await self._succeeds(self._good):
            return True
        self._patience *= 2
        return False

    async def _try(self, shares: Shares) -> bool:
        """Call the sink; after a failure the units fail with it, unless a later, smaller call succeeds."""
        if not await self._succeeds(shares, fail=True):
            return False
        for unit, _ in shares:
            self._failed.pop(unit, None)
        return True

    async def _succeeds(self, shares: Shares, *, fail: bool = False) -> bool:
        """Call the sink; return whether it succeeds."""
        try:
            await self._call(shares)
        except BaseException as exc:
            if is_interruption(exc):
                raise
            self._note(shares if fail else [], exc)
            return False
        self._reached, self._in_a_row = True, 0
        if self._good is None or len(shares) < len(self._good):
            self._good = shares
        return True

    def _note(self, shares: Shares, error: BaseException) -> None:
        """Record the failure of a call, and that the units of `shares` fail with it."""
        if is_refusal(error):
            self._reached, self._in_a_row = True, 0
        else:
            self._in_a_row += 1
        self._failed.update(dict.fromkeys([unit for unit, _ in shares], error))
