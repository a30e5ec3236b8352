"""Attachments of containers are previewed as what is in them is, also when they are not declared any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import cocoindex as coco


class Rows:
    """Handles rows, or, named, one kind of attachments; takes each declared one down as an action."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sink = coco.TargetActionSink.from_fn(_apply, child_handler=lambda context, action: Rows("row"))

    def attachments(self) -> dict[str, Rows]:
        """Indexes hang on tables."""
        return {"index": Rows("index")} if self._name == "row" else {}

    def reconcile(
        self,
        key: coco.StableKey,
        desired: Any,
        prev_possible_records: Collection[int],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Any, int, Any] | None:
        """Compare values; a table always has an action."""
        gone = coco.is_non_existence(desired)
        if not gone and self._name != "table" and list(prev_possible_records) == [desired] and not prev_may_be_missing:
            return None
        return coco.TargetReconcileOutput((self._name, key, None if gone else desired), self._sink, desired)


def _apply(context: coco.ContextProvider, actions: Sequence[Any]) -> None: ...


TABLES = coco.register_root_target_states_provider("test/preview/attachments", Rows("table"))


def test_indexes_of_a_table(environment: coco.Environment) -> None:
    indexes = ["i", "j"]

    @coco.fn
    async def main() -> None:
        table = await coco.mount_target(TABLES.target_state("t", 1))
        coco.declare_target_state(table.target_state("r", 1))
        for name in indexes:
            coco.declare_target_state(table.attachment("index").target_state(name, 1))

    app = coco.App(coco.AppConfig("attachments", environment=environment), main)
    planned = app.update_blocking(preview=True)
    assert planned == [("table", "t", 1), ("row", "r", 1), ("index", "i", 1), ("index", "j", 1)]
    app.update_blocking()
    assert app.update_blocking(preview=True) == [("table", "t", 1)]
    indexes.remove("j")
    assert app.update_blocking(preview=True) == [("table", "t", 1), ("index", "j", None)]
