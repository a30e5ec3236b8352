"""The type variables of dialects; defaults spare a connector what it has no use for.

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
"""What the rows of a source become; dicts where nothing says otherwise."""

DbT = TypeVar("DbT")
SessionT = TypeVar("SessionT")
NameT = TypeVar("NameT", default=str)
RecordT = TypeVar("RecordT", bound=TableRecord, default=TableRecord)
ActualT = TypeVar("ActualT", bound=ActualLike, default=ActualTable)
