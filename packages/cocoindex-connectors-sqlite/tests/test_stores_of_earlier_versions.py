"""What stores of earlier versions hold of tables and rows is read as it was written: an update finds nothing to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from cocoindex._values import stored_type
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite import _table_record as now
from cocoindex.connectors.sqlite._row_encoder import RowEncoder


class ColumnRecord(NamedTuple):
    """As the first version had it."""

    type: str
    nullable: bool


class Vec0Record(NamedTuple):
    """As the first version had it."""

    partition_key_columns: tuple[str, ...]
    auxiliary_columns: tuple[str, ...]


@dataclass(frozen=True)
class TableRecord:
    """As the first version had it."""

    managed_by: ManagedBy
    columns: dict[str, ColumnRecord]
    primary_key: tuple[str, ...]
    vec0: Vec0Record | None
    mark: str = ""
    identity: str = ""


COLUMNS = {"id": ("INTEGER", False), "a": ("TEXT", True)}
OLD = {name: ColumnRecord(*column) for name, column in COLUMNS.items()}
NEW = {name: now.ColumnRecord(*column) for name, column in COLUMNS.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            TableRecord(ManagedBy.SYSTEM, OLD, ("id",), Vec0Record(("a",), ()), "m1"),
            now.TableRecord(ManagedBy.SYSTEM, NEW, ("id",), "m1", vec0=now.Vec0Record(("a",), ())),
        ),
        (
            TableRecord(ManagedBy.USER, OLD, ("id",), None, "", "i1"),
            now.TableRecord(ManagedBy.USER, NEW, ("id",), "", "i1"),
        ),
    ],
)
def test_records_of_tables(old: TableRecord, new: now.TableRecord) -> None:
    data = stored_type(TableRecord, evolves=True).write(old)
    read = stored_type(now.TableRecord, evolves=True).read(data)
    assert read == new
    assert type(read.managed_by) is ManagedBy


def test_fingerprints_of_rows() -> None:
    columns = {
        "id": sqlite.ColumnDef("TEXT COLLATE NOCASE"),
        "n": sqlite.ColumnDef("REAL"),
        "v": sqlite.ColumnDef("float[2]"),
    }
    schema = sqlite.TableSchema[Any](columns, ["id", "n"])
    encoder = RowEncoder("docs", schema, now.record_of(schema, "system", None))
    key, row = encoder.encode({"id": "Ab", "n": 1, "v": [1, 2]})
    assert (key, row.fingerprint.hex()) == (("ab", ("1.0",)), "28f9ad5c4e0f673c816e7dce36cc8203")
    assert encoder.memo_key.hex() == "698866f2fccbb430e5f2e7a5995b8ffd"
