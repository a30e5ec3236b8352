"""A handler that serves records of several types says their type in an attribute, and not in an annotation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

import cocoindex as coco


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    partitions: int


RecordT = TypeVar("RecordT")


class Containers(Generic[RecordT]):
    """Notes the records that it is given."""

    def __init__(self, record_type: type[RecordT]) -> None:
        self.tracking_record_type = record_type
        self.seen: list[list[RecordT]] = []
        self._sink = coco.TargetActionSink.from_fn(self._apply)

    def reconcile(
        self,
        key: coco.StableKey,
        desired: RecordT | coco.NonExistenceType,
        prev_possible_records: Collection[RecordT],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[object, RecordT] | None:
        """Give an action in every run."""
        self.seen.append(list(prev_possible_records))
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[object]) -> None:
        pass


@pytest.mark.parametrize("record", [Table(("a", "b")), Topic(3)])
def test_records_come_back_as_that_type(record: Any, tmp_path: Path) -> None:
    handler = Containers(type(record))
    provider = coco.register_root_target_states_provider(f"test/kits/said/{type(record).__name__}", handler)

    @coco.fn
    def main() -> None:
        coco.declare_target_state(provider.target_state("it", record))

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig("kits", environment=environment), main)
    app.update_blocking()
    app.update_blocking()
    environment.close()
    assert handler.seen == [[], [record]]
