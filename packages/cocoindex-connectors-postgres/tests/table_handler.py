"""The handler of tables, called as the engine does."""

from __future__ import annotations

from cocoindex.connectorkits import sql
from cocoindex.connectors.postgres._dialect import DIALECT
from cocoindex.connectors.postgres._identifier import TableName
from cocoindex.connectors.postgres._inspect_table import ActualTable
from cocoindex.connectors.postgres._table_record import TableRecord

TableState = sql.TableState[TableName, TableRecord, ActualTable]


class TableHandler(sql.TableHandler[TableName, TableRecord, ActualTable]):
    """Reconciles tables."""

    def __init__(self) -> None:
        super().__init__(DIALECT)
