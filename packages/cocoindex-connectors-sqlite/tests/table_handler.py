"""The handler of tables, called as the engine does."""

from __future__ import annotations

from collections.abc import Collection

from cocoindex.connectorkits import sql
from cocoindex.connectorkits.table_plan import TablePlan
from cocoindex.connectors.sqlite._dialect import DIALECT
from cocoindex.connectors.sqlite._inspect_table import ActualTable
from cocoindex.connectors.sqlite._table_record import TableRecord

TableState = sql.TableState[str, TableRecord, ActualTable]


def table_key(db_key: str, name: str) -> tuple[str, ...]:
    """What identifies a table: a name that differs in case only is the same one to SQLite."""
    return (db_key, *DIALECT.key_of_table(name))


def plan_table(state: TableState, prev: Collection[TableRecord], may_be_missing: bool) -> TablePlan[TableRecord]:
    """What to do about a declared table, given what earlier runs may have left of it."""
    return sql.plan_table(DIALECT, state, prev, may_be_missing)


class TableHandler(sql.TableHandler[str, TableRecord, ActualTable]):
    """Reconciles tables."""

    def __init__(self) -> None:
        super().__init__(DIALECT)
