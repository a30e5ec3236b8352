"""Tables as target states.

Postgres connector, table layer.
"""

from __future__ import annotations

from cocoindex.connectorkits import sql

from ._dialect import DIALECT
from ._identifier import TableName
from ._inspect_table import ActualTable
from ._table_record import TableRecord

__all__ = ["TableHandler", "TableState"]

TableState = sql.TableState[TableName, TableRecord, ActualTable]


class TableHandler(sql.TableHandler[TableName, TableRecord, ActualTable]):
    """Reconciles tables."""

    def __init__(self) -> None:
        super().__init__(DIALECT)
