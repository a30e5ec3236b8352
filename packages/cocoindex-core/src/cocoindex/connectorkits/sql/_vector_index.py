"""Vector indexes as target states, side by side with the rows of their table.

Layer: connectorkits. What an index is made of is checked by the connector, which declares it with an `IndexRecord`.
"""

# Annotations are kept as they are, not as text: the store resolves them wherever a class says that it lives.
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
    """An index: its column, what stands for its metric, the method and its options."""

    column: str
    operators: str
    method: str
    options: dict[str, int]


class IndexAction(NamedTuple):
    """What to do about one index: have it there, made anew or not, or drop it where there is no record."""

    dialect: "Dialect[Any, Any, Any, Any, Any]"
    table: Any
    name: str
    record: IndexRecord | None
    anew: bool

    @property
    def removes(self) -> bool:
        """Whether it is dropped."""
        return self.record is None

    async def apply(self, db: Any) -> None:
        """Do it, in a transaction of its own.

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
                if raised is error:  # which is tried again
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
    """Reconciles the vector indexes of one table. It gives an action in every run, so that a lost index is remade.

    Args:
        dialect: makes and drops them.
        table: the name of the table.
        sink: that of all that is in the table.
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
        """An index made anew where its definition changed, dropped where it is no longer declared."""
        name = self._dialect.index_name(self._table, cast("str", key))
        if is_non_existence(desired_target_state):
            action = IndexAction(self._dialect, self._table, name, None, False)
            return TargetReconcileOutput(action, self._sink, NON_EXISTENCE)
        anew = any(record != desired_target_state for record in prev_possible_records)
        action = IndexAction(self._dialect, self._table, name, desired_target_state, anew)
        return TargetReconcileOutput(action, self._sink, desired_target_state)


def index_key(dialect: "Dialect[Any, Any, Any, Any, Any]", table: str, name: object) -> str:
    """The key of the index of that logical name, if it can be one."""
    if isinstance(name, str) and name and "\0" not in name:
        return name
    raise dialect.errors.schema(
        f"the name of a vector index of the table {table!r} is a str, not empty and without NUL, not {shown(name)}"
    )
