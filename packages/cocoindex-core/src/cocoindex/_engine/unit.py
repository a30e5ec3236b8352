"""What goes through the committer: a component that ran, one that is removed, a record to be rewritten.

Layer: _engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .batch import Batch
    from .plan import Plan
    from .planner import Planner


class Unit(Protocol):
    """One unit of commitment.

    Attributes:
        record_key: where its record lies; no batch holds two units of one record.
        plan: set by `prepare`.
        states: how many target states it holds in memory until it is committed.
        weight: how many bytes their values have, roughly.
    """

    record_key: bytes
    plan: Plan | None
    states: int
    weight: int

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        """Work out the plan; writes nothing."""
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
