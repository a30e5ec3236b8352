"""What is removed from a text is said, once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres import _nul

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")


@coco.fn
async def main(kind: str, values: list[Any]) -> None:
    columns = {"id": postgres.ColumnDef("int"), "v": postgres.ColumnDef(kind)}
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]))
    for id, value in enumerate(values):
        table.declare_row(row={"id": id, "v": value})


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", "a\0b"), ("varchar(9)", "a\0b"), ("jsonb", {"a": ["x\0y"]}), ("tsvector", "a\0b")],
)
def test_it_is_said_once(
    project: Project, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, kind: str, value: Any
) -> None:
    monkeypatch.setattr(_nul, "_said", False)
    with caplog.at_level(logging.WARNING):
        project.update(main, kind, [value, value])
    assert project.failures == []
    told = [record.getMessage() for record in caplog.records if "U+0000 is removed" in record.getMessage()]
    assert len(told) == 1
