"""What stores of earlier versions hold of tables and rows is read as it was written: an update finds nothing to do."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from cocoindex._values import stored_type
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres import _table_record as now
from cocoindex.connectors.postgres._row_encoder import RowEncoder


class ColumnRecord(NamedTuple):
    """As the first version had it."""

    type: str
    nullable: bool


@dataclass(frozen=True)
class TableRecord:
    """As the first version had it."""

    managed_by: ManagedBy
    columns: dict[str, ColumnRecord]
    primary_key: tuple[str, ...]
    mark: str = ""
    identity: str = ""


COLUMNS = {"id": ("bigint", False), "a": ("text", True)}
OLD = {name: ColumnRecord(*column) for name, column in COLUMNS.items()}
NEW = {name: now.ColumnRecord(*column) for name, column in COLUMNS.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TableRecord(ManagedBy.SYSTEM, OLD, ("id",), "m1"), now.TableRecord(ManagedBy.SYSTEM, NEW, ("id",), "m1")),
        (
            TableRecord(ManagedBy.USER, OLD, ("id",), "", "i1"),
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
        "id": postgres.ColumnDef("numeric(10,2)"),
        "t": postgres.ColumnDef("timestamptz"),
        "v": postgres.ColumnDef("vector(2)"),
        "j": postgres.ColumnDef("jsonb"),
    }
    schema = postgres.TableSchema[Any](columns, ["id", "t"])
    encoder = RowEncoder("docs", schema, now.record_of(schema, "system"))
    moment = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)
    key, row = encoder.encode({"id": "1.50", "t": moment, "v": [1, 2], "j": {"b": 1, "a": [None]}})
    assert (key, row.fingerprint.hex()) == (("1.5", "2024-01-01T12:00:00+00:00"), "08e2a71c65dad7a861e4f83a7e24d426")
    assert encoder.memo_key.hex() == "97ea148b56e425e26bd90c94ff969aac"
