"""Marks in the comments of indexes and other objects of a table, which show that this connector created them.

Postgres connector, table layer. `DROP TABLE` removes the comments, `pg_dump` keeps them.
"""

from __future__ import annotations

__all__ = ["SIGN", "mark_object"]

SIGN = "[cocoindex:"
"""The text that every comment written by this connector contains."""


def mark_object(what: str, reason: str) -> str:
    """Return COMMENT ON an object of a table, such as `INDEX name`; a marked object may be dropped with the table."""
    comment = f"CocoIndex made this: {reason} {SIGN}0:]"
    # In E'...', the meaning of a backslash does not depend on the settings of the session.
    literal = comment.replace("\\", "\\\\").replace("'", "\\'")
    return f"COMMENT ON {what} IS E'{literal}'"
