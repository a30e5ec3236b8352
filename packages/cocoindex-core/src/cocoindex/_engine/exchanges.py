"""Which of those that fail alone may succeed together, as rows do that exchange unique values. Layer: _engine."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final

from .._described import raised_from, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .plan import Share
    from .unit import Unit

    Shares = list[tuple[Unit, Share]]

_FEW: Final = 8
"""Of so many it is found out whether one alone is in the way of the others."""

_IN_PAIRS: Final = 16
"""Of so many each pair is tried."""

_KINDS: Final = 16
"""So many kinds of failures are tried, each kind together."""


def has_old(unit: Unit) -> bool:
    """Whether it is about something that was there before: only that has what another one needs."""
    return unit.plan is not None and bool(unit.plan.old)


def without_one(failed: Shares) -> Iterator[Shares]:
    """All but one, where they are a few."""
    if 2 < len(failed) <= _FEW:
        for at in range(len(failed)):
            yield [*failed[:at], *failed[at + 1 :]]


def of_one_kind(failed: Shares, errors: Mapping[Unit, BaseException]) -> Iterator[Shares]:
    """Those that fail for one reason: the others are bad for another one."""
    classes: dict[object, Shares] = defaultdict(list)
    reasons: dict[object, Shares] = defaultdict(list)
    for share in failed:
        # Its message names the component perhaps, but not what it was raised from: that is of a driver.
        *_, first = raised_from(errors[share[0]])
        classes[type(first)].append(share)
        reasons[type(first), text_of(first).partition("\n")[0]].append(share)
    for kinds in (classes, reasons):
        if 1 < len(kinds) <= _KINDS:
            yield from [group for group in kinds.values() if len(group) > 1]


def pairs(failed: Shares) -> Iterator[Shares]:
    """Each two of them, where they are not many."""
    if len(failed) <= _IN_PAIRS:
        yield from map(list, combinations(failed, 2))
