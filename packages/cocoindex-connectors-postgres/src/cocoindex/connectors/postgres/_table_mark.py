"""Marks in comments of indexes and other objects of a table, which identify those of this connector.

Postgres connector, table layer. `DROP TABLE` takes them away, `pg_dump` keeps them.
"""

from __future__ import annotations

__all__ = ["SIGN", "mark_object"]

SIGN = "[cocoindex:"
"""What is in every comment that this connector wrote."""


def mark_object(what: str, reason: str) -> str:
    """COMMENT ON something that hangs on a table, such as `INDEX name`: it may go with the table."""
    comment = f"CocoIndex made this: {reason} {SIGN}0:]"
    # As E'...', in which a backslash means the same whatever the settings of the session.
    literal = comment.replace("\\", "\\\\").replace("'", "\\'")
    return f"COMMENT ON {what} IS E'{literal}'"
