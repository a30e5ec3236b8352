"""What goes through the committer: a component that ran, one that is removed, a record to be rewritten.

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
        record_key: where its record lies; no two units of one record are in flight at once.
        call: the mount call of its component, which is told where its units lead; None where there is none.
        plan: set by `prepare`.
        states: how many target states it holds in memory until it is committed.
        weight: how many bytes their values have, roughly.
    """

    record_key: bytes

    @property
    def call(self) -> MountCall | None: ...

    plan: Plan | None
    states: int
    weight: int

    def certain_providers(self) -> Collection[tuple[int, int]]:
        """Providers, by id and generation, for whose target states it is as good as certain to have actions."""
        ...

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        """Work out the plan; writes nothing, and may be called again before its plan is carried out."""
        ...

    def write_ahead(self, batch: Batch) -> None:
        """Write, before the actions, what is possible until they are known to be applied."""
        ...

    def commit(self, batch: Batch) -> None:
        """Write, after the actions, what holds now."""
        ...

    def finish(self, error: BaseException | None) -> None:
        """It is durable, or it failed."""
        ...


class StoreWrite(ABC):
    """A unit without actions, which only writes to the store. What is written, a subclass says in `commit`."""

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
