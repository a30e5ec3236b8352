"""A dialect says how names are quoted, and how an INSERT updates rows that are there; all statements do as it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cocoindex.connectorkits import sql
from cocoindex.testing import TargetSuite, run_suite

from .lite import TABLES, Dialect
from .test_small_connectors_pass_the_suite import Tables

statements: list[str] = []


class Backticks(Dialect):
    name = "lite_backticks"

    def quoted(self, name: str) -> str:
        return f"`{name}`"

    def on_conflict(self, record: sql.TableRecord) -> str:
        return f"{super().on_conflict(record)} -- on duplicate key"

    async def execute(
        self, session: sqlite3.Connection, statement: str, parameters: Sequence[Any] = (), /
    ) -> list[tuple[Any, ...]]:
        statements.append(statement)
        return await super().execute(session, statement, parameters)


def test_all_statements_are_in_its_words(tmp_path: Path) -> None:
    dialect = Backticks()
    TABLES[dialect.name] = sql.Tables(dialect, "test/lite_backticks/table")
    checks = ("test_items_are_created", "test_calls_mix_writes_and_deletes")
    report = run_suite(TargetSuite, lambda folder: Tables(folder / "target.sqlite", dialect), *checks)
    assert not report.failures
    assert not [statement for statement in statements if '"' in statement]
    inserts = [statement for statement in statements if statement.startswith("INSERT")]
    assert inserts and all(
        statement.startswith("INSERT INTO `box") and statement.endswith("-- on duplicate key") for statement in inserts
    )
    starts = {statement.split("`")[0] for statement in statements}
    assert {"CREATE TABLE ", "DELETE FROM ", "INSERT INTO "} <= starts
