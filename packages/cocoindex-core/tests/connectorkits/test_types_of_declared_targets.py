"""From a handler's annotations follow, for type checkers, the values of its target states and of what is in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple, assert_type

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_object


class Row(NamedTuple):
    """What a row holds."""

    number: int


class Action(NamedTuple):
    """What is to be done to a table or row."""

    key: coco.StableKey


def _apply(context: coco.ContextProvider, actions: Sequence[Action]) -> None: ...


class RowHandler(coco.TargetHandler[Row, bytes]):
    """Handles rows."""

    _sink = coco.TargetActionSink[Action].from_fn(_apply)

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: Row | coco.NonExistenceType,
        prev_possible_records: Collection[bytes],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Action, bytes] | None:
        """Write each row in every run."""
        gone = coco.is_non_existence(desired_target_state)
        record = coco.NON_EXISTENCE if gone else fingerprint_object(desired_target_state)
        return coco.TargetReconcileOutput(Action(key), self._sink, record)


class TableHandler(coco.TargetHandler[str, str, RowHandler]):
    """Handles tables, whose value is a comment."""

    _sink = coco.TargetActionSink[Action].from_fn(_apply, child_handler=lambda context, action: RowHandler())

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: str | coco.NonExistenceType,
        prev_possible_records: Collection[str],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Action, str, RowHandler] | None:
        """Make each table in every run."""
        return coco.TargetReconcileOutput(Action(key), self._sink, desired_target_state)


def test_values_are_those_of_the_handlers(tmp_path: Path) -> None:
    tables = coco.register_root_target_states_provider("test/typed", TableHandler())
    assert_type(tables, coco.TargetStateProvider[str, RowHandler])
    state = tables.target_state("t", "a comment")
    assert_type(state, coco.TargetState[RowHandler])

    @coco.fn
    async def pending() -> None:
        assert_type(coco.declare_target_state_with_child(state), coco.PendingTargetStateProvider[Row, None])

    @coco.fn
    async def mounted() -> None:
        rows = await coco.mount_target(state)
        assert_type(rows, coco.TargetStateProvider[Row, None])
        # Without `type: ignore`, mypy would say that a str is no Row.
        rows.target_state("key", "text")  # type: ignore[arg-type]
        coco.declare_target_state(rows.target_state("key", Row(1)))

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    for number, main in enumerate((pending, mounted)):
        app = coco.App(coco.AppConfig(f"typed {number}", environment=environment), main)
        assert len(app.update_blocking(preview=True)) == number + 1
    environment.close()
