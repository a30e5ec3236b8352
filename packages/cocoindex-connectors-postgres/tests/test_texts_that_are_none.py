"""Half of a surrogate pair in a name, a type or a value is refused by every connector in the same words."""

from __future__ import annotations

from sql_tables.texts_that_are_none import TextsThatAreNone


class TestTextsThatAreNone(TextsThatAreNone):
    """The tests of all SQL connectors."""
