"""Unique values change hands between components in one update: a renamed key, values that are exchanged."""

from __future__ import annotations

from sql_tables.unique_values_of_components import UniqueValuesOfComponents


class TestUniqueValuesOfComponents(UniqueValuesOfComponents):
    """The tests of all SQL connectors."""

    unique = "ALTER TABLE docs ADD UNIQUE (name)"
