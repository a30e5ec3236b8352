"""What the committer processes: a component that ran, a removal, or a record to rewrite.

Layer: _engine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from .plan import Plan

if TYPE_CHECKING:
    from collections.abc import Collection

    from .batch import Batch
    from .mount_call import MountCall
    from .planner import Planner


class Unit(Protocol):
    """One unit of commitment.

    Attributes:
        record_key: the key of its record; two units of one record are never in flight at once.
        call: the mount call of its component, which learns the sinks of its units; None if there is none.
        plan: set by `prepare`.
        states: the number of target states that it keeps in memory until the commit.
        weight: the approximate size of their values in bytes.
    """

    record_key: bytes

    @property
    def call(self) -> MountCall | None: ...

    plan: Plan | None
    states: int
    weight: int

    def certain_providers(self) -> Collection[tuple[int, int]]:
        """Return providers, as (id, generation), for which it will almost certainly have actions."""
        ...

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        """Compute the plan. This writes nothing, and can be called again before the plan is executed."""
        ...

    def write_ahead(self, batch: Batch) -> None:
        """Write before the actions what is possible until they are known to be applied."""
        ...

    def commit(self, batch: Batch) -> None:
        """Write after the actions what is true now."""
        ...

    def finish(self, error: BaseException | None) -> None:
        """Called when it is durable or has failed."""
        ...


class StoreWrite(ABC):
    """A unit without actions, which only writes to the store; subclasses implement `commit`."""

    __slots__ = ("plan", "record_key")
    call: MountCall | None = None
    states: int = 0
    weight: int = 0

    def __init__(self, record_key: bytes) -> None:
        self.record_key = record_key
        self.plan: Plan | None = None

    def certain_providers(self) -> tuple[tuple[int, int], ...]:
        return ()

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        return Plan({})

    def write_ahead(self, batch: Batch) -> None:
        return  # there are no actions

    @abstractmethod
    def commit(self, batch: Batch) -> None: ...

    def finish(self, error: BaseException | None) -> None:
        return  # nobody waits for it
