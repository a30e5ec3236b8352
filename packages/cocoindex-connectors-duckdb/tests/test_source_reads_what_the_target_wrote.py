"""Rows that a target stored come back as they were declared, when a source reads them as the same record type."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sql_tables.rows_come_back import Everything, RowsComeBack


@dataclass
class More(Everything):
    """Also what DuckDB has more types for."""

    small: np.uint8 = field(default_factory=lambda: np.uint8(200))


class TestRowsComeBack(RowsComeBack):
    """The tests of all SQL connectors."""

    row_type = More
