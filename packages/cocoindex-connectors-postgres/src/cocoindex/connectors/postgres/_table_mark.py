"""The marks in comments: of tables that this connector made, and of what hangs on them.

Postgres connector, table layer. `DROP TABLE` takes them away, `pg_dump` keeps them.
"""

from __future__ import annotations

from psycopg import sql

__all__ = ["SIGN", "mark_object"]

SIGN = "[cocoindex:"
"""What is in every comment that this connector wrote."""


def mark_object(what: sql.Composable, reason: str) -> sql.Composed:
    """COMMENT ON something that hangs on a table, such as `INDEX name`: it may go with the table."""
    return sql.SQL("COMMENT ON {} IS {}").format(what, sql.Literal(f"CocoIndex made this: {reason} {SIGN}0:]"))
