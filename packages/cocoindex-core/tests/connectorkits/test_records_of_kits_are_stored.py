"""The records of `statediff`, written in the annotation of `reconcile()`, come back as they were in the next update."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import cocoindex as coco
from cocoindex.connectorkits.statediff import CompositeTrackingRecord, ManagedBy, MutualTrackingRecord

Record = MutualTrackingRecord[CompositeTrackingRecord[tuple[str, ...], str, int]]


class Tables:
    """Notes what it is given, and wants the record to be stored."""

    def __init__(self) -> None:
        self.seen: list[list[Record]] = []
        self._sink = coco.TargetActionSink.from_fn(self._apply)

    def reconcile(
        self,
        key: coco.StableKey,
        desired: Record | coco.NonExistenceType,
        prev_possible_records: Collection[Record],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[object, Record] | None:
        """Give an action in every run."""
        self.seen.append(list(prev_possible_records))
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[object]) -> None:
        pass


def test_records_come_back_with_their_types(tmp_path: Path) -> None:
    handler = Tables()
    provider = coco.register_root_target_states_provider("test/kits/stored", handler)
    record = Record(CompositeTrackingRecord(("a", "b"), {"x": 1, "y": 2}), ManagedBy.USER)

    @coco.fn
    def main() -> None:
        coco.declare_target_state(provider.target_state("table", record))

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig("kits", environment=environment), main)
    app.update_blocking()
    app.update_blocking()
    environment.close()
    assert handler.seen == [[], [record]]
    assert type(handler.seen[1][0].managed_by) is ManagedBy
