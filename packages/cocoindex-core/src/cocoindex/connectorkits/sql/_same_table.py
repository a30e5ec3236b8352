"""Checks, before rows are written, that a table is still the one that was created or found.

Layer: connectorkits. A table that others dropped and recreated accepts rows, but lacks all earlier ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from ._type_variables import DbT, SessionT

if TYPE_CHECKING:
    from ._actual_table import ActualLike
    from ._dialect import Dialect
    from ._table_record import TableRecord

__all__ = ["SameTable", "lasting_identity", "lost"]


class SameTable(Generic[DbT, SessionT]):
    """Checks a table with `Dialect.inspect`, again only if `Dialect.version` has changed or is unknown.

    Args:
        name, record: the table, and its stored record.
    """

    __slots__ = ("_name", "_record", "_version")

    def __init__(self, name: Any, record: TableRecord) -> None:
        self._name = name
        self._record = record
        self._version: str | None = None

    async def check(self, dialect: Dialect[DbT, SessionT, Any, Any, Any], db: DbT, session: SessionT) -> None:
        """Inspect the table, in the transaction that is going to write.

        Raises:
            the `errors.lost`: the table was dropped or replaced.
        """
        record = self._record
        if not record.mark:  # others created the table
            return
        version = await dialect.version(db, session)
        if version and version == self._version:
            return
        actual = await dialect.inspect(session, self._name, record)
        if actual is None or actual.mark is None or actual.mark.token != record.mark:
            raise lost(dialect, db, self._name, is_gone=actual is None)
        # If the database numbers its tables, the version only identifies the database: inspect every time.
        self._version = version if not actual.identity else None


def lasting_identity(version: str, actual: ActualLike) -> str:
    """Return what identifies a table for as long as it exists; empty if the database does not number its tables.

    Args:
        version: the result of `Dialect.version`.
        actual: the inspected table.
    """
    return f"{version}/{actual.identity}" if actual.identity else ""


def lost(dialect: Dialect[DbT, SessionT, Any, Any, Any], db: DbT, name: Any, *, is_gone: bool) -> Exception:
    """Return the exception to raise for a table that was dropped (`is_gone`) or replaced."""
    what = "is gone" if is_gone else "was replaced by another table, or another app that shared it left it"
    return dialect.errors.lost(
        f"{dialect.where(db, name)} {what}; a live update creates or fills it again; if the update is not live, run it "
        "again"
    )
