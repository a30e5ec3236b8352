"""Vector indexes as target states, next to the rows of their table.

Layer: connectorkits. The connector checks the options of an index and declares it with an `IndexRecord`.
"""

# No `from __future__ import annotations`: the store could not resolve textual annotations, as `__module__` is changed.
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cocoindex._shown import shown

from ..._target.handler import TargetReconcileOutput
from ..._values import NON_EXISTENCE, NonExistenceType, is_non_existence
from ._explained import transacted

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._target.sink import TargetActionSink
    from ._dialect import Dialect

__all__ = ["IndexAction", "IndexHandler", "IndexRecord", "index_key"]


class IndexRecord(NamedTuple):
    """A vector index: its column, its metric (as the database names it), its method, and its options."""

    column: str
    operators: str
    method: str
    options: dict[str, int]


class IndexAction(NamedTuple):
    """The action on one index: create it if missing (`anew`: drop it first), or drop it if `record` is None."""

    dialect: "Dialect[Any, Any, Any, Any, Any]"
    table: Any
    name: str
    record: IndexRecord | None
    anew: bool

    @property
    def removes(self) -> bool:
        """Whether the index is dropped."""
        return self.record is None

    async def apply(self, db: Any) -> None:
        """Create or drop the index, in a transaction of its own.

        Raises:
            the `errors.attachment`: the database refuses it.
        """
        doing = "making" if self.record else "dropping"
        what = f"{doing} the vector index {self.name!r} of the table {self.dialect.shown(self.table)}"

        async def work(session: Any) -> None:
            try:
                await self._work(session)
            except self.dialect.driver_error as error:
                raised = self.dialect.explain(error, db, what)
                if raised is error:  # unchanged, so that the transaction can be retried
                    raise
                raise self.dialect.errors.attachment(str(raised)) from error

        await transacted(self.dialect, db, what, work)

    async def _work(self, session: Any) -> None:
        dialect, record = self.dialect, self.record
        if record is None or self.anew:
            await dialect.drop_index(session, self.table, self.name)
        if record is not None and (self.anew or not await dialect.has_index(session, self.table, self.name, record)):
            await dialect.create_index(session, self.table, self.name, record)


class IndexHandler:
    """Reconciles the vector indexes of one table. Every run gives an action, so that a lost index is created again.

    Args:
        dialect: creates and drops the indexes.
        table: the name of the table.
        sink: the sink of all contents of the table.
    """

    def __init__(self, dialect: "Dialect[Any, Any, Any, Any, Any]", table: Any, sink: "TargetActionSink[Any]") -> None:
        self._dialect = dialect
        self._table = table
        self._sink = sink

    def reconcile(
        self,
        key: "StableKey",
        desired_target_state: IndexRecord | NonExistenceType,
        prev_possible_records: Collection[IndexRecord],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[IndexAction, IndexRecord]:
        """Return the action on an index: recreate it if its definition changed, drop it if it is no longer declared."""
        name = self._dialect.index_name(self._table, cast("str", key))
        if is_non_existence(desired_target_state):
            action = IndexAction(self._dialect, self._table, name, None, False)
            return TargetReconcileOutput(action, self._sink, NON_EXISTENCE)
        anew = any(record != desired_target_state for record in prev_possible_records)
        action = IndexAction(self._dialect, self._table, name, desired_target_state, anew)
        return TargetReconcileOutput(action, self._sink, desired_target_state)


def index_key(dialect: "Dialect[Any, Any, Any, Any, Any]", table: str, name: object) -> str:
    """Return `name` as the target state key of a vector index.

    Raises:
        the `errors.schema`: `name` is not a str, is empty, or contains NUL.
    """
    if isinstance(name, str) and name and "\0" not in name:
        return name
    raise dialect.errors.schema(
        f"the name of a vector index of the table {table!r} is a str, not empty and without NUL, not {shown(name)}"
    )
