"""Units that write memos: that a component can be skipped, must run again, or has new memo states. Layer: _engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .record import MEMO, with_states
from .unit import StoreWrite

if TYPE_CHECKING:
    from .batch import Batch
    from .component import Component
    from .rerun import Rerun


class MemoMark(StoreWrite):
    """Writes the memo of a component whose children have been swept."""

    __slots__ = ("_component",)

    def __init__(self, component: Component) -> None:
        super().__init__(component.record.key)
        self._component = component

    def commit(self, batch: Batch) -> None:
        self._component.record.write_memo(batch, self._component.run.rerun, self._component)

    def finish(self, error: BaseException | None) -> None:
        self._component.finish_swept(error)


class MemoForgotten(StoreWrite):
    """Makes a component and all components above it run in the next update."""

    __slots__ = ()

    def commit(self, batch: Batch) -> None:
        from .stored_record import forget_memo  # few updates need it

        forget_memo(batch, self.record_key)


class RunAgain(StoreWrite):
    """Makes a component and all components above it run soon, in a live update."""

    __slots__ = ("_rerun",)

    def __init__(self, rerun: Rerun, record_key: bytes) -> None:
        super().__init__(record_key)
        self._rerun = rerun

    def commit(self, batch: Batch) -> None:
        self._rerun.mark(batch, self.record_key)


class StatesMark(StoreWrite):
    """Writes the changed memo states of a skipped component.

    Args:
        states: the new states, serialized.
        done: called with the outcome.
    """

    __slots__ = ("_done", "_rerun", "_states")

    def __init__(
        self, record_key: bytes, states: list[bytes], rerun: Rerun, done: Callable[[BaseException | None], None]
    ) -> None:
        super().__init__(record_key)
        self._states = states
        self._rerun = rerun
        self._done = done

    def commit(self, batch: Batch) -> None:
        data = batch.get(self.record_key)
        if data is not None and data[1] & MEMO and self._rerun.allows_memo(self.record_key):
            batch.put(self.record_key, with_states(data, self._states, self.record_key.hex()))

    def finish(self, error: BaseException | None) -> None:
        self._done(error)
