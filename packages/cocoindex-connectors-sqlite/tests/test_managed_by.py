"""Who manages a table is said with a member of `ManagedBy` or with its text, to the same effect."""

from __future__ import annotations

from typing import Any, Literal

import pytest

import cocoindex as coco
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.connectors import sqlite

DB = coco.ContextKey[sqlite.ManagedConnection]("managed_by_db")
SCHEMA: sqlite.TableSchema[Any] = sqlite.TableSchema({"id": sqlite.ColumnDef("INTEGER")}, primary_key=["id"])


@pytest.mark.parametrize("managed_by", [ManagedBy.USER, "user"])
def test_both_ways_are_the_same(managed_by: ManagedBy | Literal["user"]) -> None:
    state = sqlite.table_target(DB, "docs", SCHEMA, managed_by=managed_by)
    assert state.value.record.managed_by is ManagedBy.USER
    assert sqlite.table_target(DB, "docs", SCHEMA).value.record.managed_by is ManagedBy.SYSTEM
