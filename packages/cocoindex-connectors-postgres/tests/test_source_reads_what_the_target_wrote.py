"""Rows that a target stored come back as they were declared, when a source reads them as the same record type."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sql_tables.rows_come_back import Everything, RowsComeBack

if TYPE_CHECKING:
    from tests.conftest import Project


@dataclass
class Zoned(Everything):
    """A column of times has a time zone."""

    clock: datetime.time = datetime.time(1, 2, 3, tzinfo=datetime.UTC)


class TestRowsComeBack(RowsComeBack):
    """The tests of all SQL connectors."""

    row_type = Zoned

    @pytest.fixture(autouse=True)
    def two_connections(self, project: Project) -> None:
        """One for the source, and one for the target."""
        project.pool_options = {"max_size": 2}
