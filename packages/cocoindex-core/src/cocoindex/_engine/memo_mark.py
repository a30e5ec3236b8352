"""Writes that a component may be skipped from now on, or its memo states anew. Layer: _engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .plan import Plan
from .record import MEMO, with_states
from .stored_record import forget_memo

if TYPE_CHECKING:
    from .batch import Batch
    from .component import Component
    from .mount_call import MountCall
    from .planner import Planner
    from .rerun import Rerun


class MemoMark:
    """A unit of commitment without actions: the memo of a component whose children have been swept."""

    __slots__ = ("_component", "plan", "record_key")
    call: MountCall | None = None
    states: int = 0
    weight: int = 0

    def __init__(self, component: Component) -> None:
        self._component = component
        self.record_key: bytes = component.record.key
        self.plan: Plan | None = None

    def certain_providers(self) -> tuple[tuple[int, int], ...]:
        return ()

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        return Plan({})

    def write_ahead(self, batch: Batch) -> None:
        """Nothing: there are no actions."""

    def commit(self, batch: Batch) -> None:
        self._component.record.write_memo(batch, self._component.run.rerun, self._component)

    def finish(self, error: BaseException | None) -> None:
        self._component.finish_swept(error)


class MemoForgotten:
    """A unit without actions, too: has a component and all above it run in the next update."""

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
        """Nothing: there are no actions."""

    def commit(self, batch: Batch) -> None:
        forget_memo(batch, self.record_key)

    def finish(self, error: BaseException | None) -> None:
        """Nobody waits for it."""


class RunAgain(MemoForgotten):
    """The same for an update that goes on: it has them run soon."""

    __slots__ = ("_rerun",)

    def __init__(self, rerun: Rerun, record_key: bytes) -> None:
        super().__init__(record_key)
        self._rerun = rerun

    def commit(self, batch: Batch) -> None:
        self._rerun.mark(batch, self.record_key)


class StatesMark:
    """A unit without actions, too: changed memo states of a component that is skipped.

    Args:
        states: the new ones, as they are stored.
        done: is told how it ended.
    """

    __slots__ = ("_done", "_rerun", "_states", "plan", "record_key")
    call: MountCall | None = None
    states: int = 0
    weight: int = 0

    def __init__(
        self, record_key: bytes, states: list[bytes], rerun: Rerun, done: Callable[[BaseException | None], None]
    ) -> None:
        self.record_key = record_key
        self.plan: Plan | None = None
        self._states = states
        self._rerun = rerun
        self._done = done

    def certain_providers(self) -> tuple[tuple[int, int], ...]:
        return ()

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        return Plan({})

    def write_ahead(self, batch: Batch) -> None:
        """Nothing: there are no actions."""

    def commit(self, batch: Batch) -> None:
        data = batch.get(self.record_key)
        if data is not None and data[1] & MEMO and self._rerun.allows_memo(self.record_key):
            batch.put(self.record_key, with_states(data, self._states, self.record_key.hex()))

    def finish(self, error: BaseException | None) -> None:
        self._done(error)
