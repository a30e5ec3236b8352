"""The type variables of dialects; a connector needs to give only those that have no default or differ from it.

Layer: connectorkits.
"""

from __future__ import annotations

import sys
from typing import Any

from ._actual_table import ActualLike, ActualTable
from ._table_record import TableRecord

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar

__all__ = ["ActualT", "DbT", "NameT", "RecordT", "RowT", "SessionT"]

RowT = TypeVar("RowT", default=dict[str, Any])
"""The type of the rows of a source; dict by default."""

DbT = TypeVar("DbT")
SessionT = TypeVar("SessionT")
NameT = TypeVar("NameT", default=str)
RecordT = TypeVar("RecordT", bound=TableRecord, default=TableRecord)
ActualT = TypeVar("ActualT", bound=ActualLike, default=ActualTable)
