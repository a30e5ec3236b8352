"""Checks, before rows are written, that a table is still the one that was created or found.

Layer: connectorkits. One that somebody dropped and made anew takes rows, and lacks all that were there.
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
    """Looks at a table by `Dialect.inspect`: once in each state of the schema, where the database tells that.

    Args:
        name, record: the table, and what is remembered of it.
    """

    __slots__ = ("_name", "_record", "_version")

    def __init__(self, name: Any, record: TableRecord) -> None:
        self._name = name
        self._record = record
        self._version: str | None = None

    async def check(self, dialect: Dialect[DbT, SessionT, Any, Any, Any], db: DbT, session: SessionT) -> None:
        """Look at it, in the transaction that is to write.

        Raises:
            the `errors.lost`: it is gone, or another one.
        """
        record = self._record
        if not record.mark:  # others made it
            return
        version = await dialect.version(db, session)
        if version and version == self._version:
            return
        actual = await dialect.inspect(session, self._name, record)
        if actual is None or actual.mark is None or actual.mark.token != record.mark:
            raise lost(dialect, db, self._name, is_gone=actual is None)
        self._version = version if not actual.identity else None  # what tells tables apart tells nothing of the schema


def lasting_identity(version: str, actual: ActualLike) -> str:
    """What tells a table from all others for as long as it exists; empty where the database numbers no tables.

    Args:
        version: what `Dialect.version` says.
    """
    return f"{version}/{actual.identity}" if actual.identity else ""


def lost(dialect: Dialect[DbT, SessionT, Any, Any, Any], db: DbT, name: Any, *, is_gone: bool) -> Exception:
    """What to raise for a table that is gone, or another one."""
    what = "is gone" if is_gone else "was replaced by another table"
    return dialect.errors.lost(
        f"{dialect.where(db, name)} {what}; a live update creates or fills it again; if the update is not live, run it "
        "again"
    )
