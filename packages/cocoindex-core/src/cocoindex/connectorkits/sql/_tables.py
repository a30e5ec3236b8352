"""The tables of one kind of database, as target states of programs.

Layer: connectorkits.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict

from cocoindex._shown import shown

from ..._component.mount_target import mount_target
from ..._runtime.context import ContextKey
from ..._runtime.scope import current_scope, use_context
from ..._target.declare import declare_target_state_with_child
from ..._target.registry import register_root_target_states_provider
from ...errors import NoComponentError
from ..table_plan import new_mark
from ..target import ManagedBy
from ._blocking import driven
from ._explained import explained, transacted
from ._plan_table import TableState, moment
from ._table_handler import TableHandler
from ._table_mark import origin_of
from ._table_schema import TableSchema
from ._table_target import check_schema
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT

if TYPE_CHECKING:
    from ..._target.pending import PendingS
    from ..._target.state import TargetState, TargetStateProvider
    from ._dialect import Dialect
    from ._row_encoder import EncodedRow
    from ._row_handler import RowHandler

__all__ = ["TableOptions", "Tables"]


class TableOptions(TypedDict, total=False):
    """The table options of every database, for `**options: Unpack[sql.TableOptions]` in a connector.

    Args:
        managed_by: `ManagedBy.SYSTEM` (or `"system"`) creates, alters and drops the table; `ManagedBy.USER` (or
            `"user"`) expects it to exist, and only writes and deletes rows.
        adopt: whether to use an existing table of this name that this app did not create, as with `ManagedBy.USER`.
            Without it such a table is an error. A missing table is created, and later altered and dropped.
    """

    managed_by: ManagedBy | Literal["system", "user"]
    adopt: bool


class Tables(Generic[DbT, SessionT, NameT, RecordT, ActualT]):
    """Tables as target states. A connector creates one object at import; its provider is registered permanently.

    All methods take the same arguments, and as `options` those that the dialect defines.

    Args:
        dialect: the description of the database.
        provider: the name of the provider, such as `"example.com/acme/table"`. Never change it: stores identify tables
            by it.
    """

    def __init__(self, dialect: Dialect[DbT, SessionT, NameT, RecordT, ActualT], provider: str) -> None:
        self._dialect = dialect
        self._provider: Any = register_root_target_states_provider(provider, TableHandler(dialect))

    def target(
        self,
        db: ContextKey[DbT],
        table_name: str,
        table_schema: TableSchema[Any, Any],
        *,
        managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
        adopt: bool = False,
        **options: Any,
    ) -> TargetState[RowHandler]:
        """Return the target state of a table, for `coco.mount_target()`. A blocking driver inspects the table now.

        Args:
            db: the context key of the database that the lifespan provides. Its name identifies the database across
                runs.
            table_name: the name of the table.
            table_schema: its columns and primary key.
            managed_by: `ManagedBy.SYSTEM` (or `"system"`) creates, alters and drops the table; `ManagedBy.USER` (or
                `"user"`) expects it to exist, and only writes and deletes rows.
            adopt: whether to use an existing table of this name that this app did not create, as with `ManagedBy.USER`.
                Without it such a table is an error. A missing table is created, and later altered and dropped.
            options: further options of the connector.

        Raises:
            the connector's errors: (a ValueError) such a table cannot be created; (a TypeError) an argument, or the
            value
                provided for `db`, has the wrong type.
        """
        state = self._state(db, table_name, table_schema, managed_by, adopt, options)
        if self._dialect.blocking:
            database = self._provided(db)
            if database is not None:
                state = driven(self._look(database, state))
        return self._target(db, state)

    def declare(
        self, db: ContextKey[DbT], table_name: str, table_schema: TableSchema[Any, Any], **options: Any
    ) -> TargetStateProvider[EncodedRow, None, PendingS]:
        """Declare a table in the running component; other components can declare its rows once it is resolved."""
        return declare_target_state_with_child(self.target(db, table_name, table_schema, **options))

    async def mount(
        self, db: ContextKey[DbT], table_name: str, table_schema: TableSchema[Any, Any], **options: Any
    ) -> TargetStateProvider[EncodedRow, None]:
        """Create or alter the table, and return the provider of its rows. Errors of the database are raised here."""
        if self._dialect.blocking:
            target = await asyncio.to_thread(self.target, db, table_name, table_schema, **options)
        else:
            target = await self._looked_at(db, table_name, table_schema, **options)
        return await mount_target(target)

    async def _looked_at(
        self,
        db: ContextKey[DbT],
        table_name: str,
        table_schema: TableSchema[Any, Any],
        *,
        managed_by: str = ManagedBy.SYSTEM,
        adopt: bool = False,
        **options: Any,
    ) -> TargetState[RowHandler]:
        state = self._state(db, table_name, table_schema, managed_by, adopt, options)
        database = self._dialect.database(use_context(db), f"the value of the context key {db.key!r}")
        return self._target(db, await self._look(database, state))

    def _target(self, db: ContextKey[DbT], state: TableState[NameT, RecordT, ActualT]) -> TargetState[RowHandler]:
        target: TargetState[RowHandler] = self._provider.target_state(
            (db.key, *self._dialect.key_of_table(state.name)), state
        )
        return target

    def _state(
        self, db: object, table: str, schema: TableSchema[Any, Any], managed_by: str, adopt: object, options: Any
    ) -> TableState[NameT, RecordT, ActualT]:
        dialect, errors = self._dialect, self._dialect.errors
        name = dialect.table_name(table, **options)
        if not isinstance(db, ContextKey):
            raise errors.argument(
                f"the database of the table {table!r} is given by the coco.ContextKey of its {dialect.provided}, not "
                f"by {shown(db)}"
            )
        check_schema(dialect, table, schema)
        if managed_by not in ("system", "user"):
            raise errors.schema(f"the table {table!r} is managed by 'system' or 'user', not by {shown(managed_by)}")
        if not isinstance(adopt, bool):
            raise errors.argument(f"adopt= of the table {table!r} is True or False, not {shown(adopt)}")
        dialect.check_options(table, schema, **options)
        record = replace(dialect.record_of(schema, managed_by, **options), mark=new_mark())
        dialect.check_table(name, record)
        return TableState(name, record, adopt)

    def _provided(self, db: ContextKey[DbT]) -> DbT | None:
        try:
            value: object = use_context(db)
        except NoComponentError:
            return None  # a target state can be created outside the component that mounts it
        return self._dialect.database(value, f"the value of the context key {db.key!r}")

    async def _look(self, db: DbT, state: TableState[NameT, RecordT, ActualT]) -> TableState[NameT, RecordT, ActualT]:
        dialect, what = self._dialect, f"inspecting the table {self._dialect.shown(state.name)}"
        origin = origin_of(current_scope(what).component.env.context_provider)

        now = moment()

        async def work(session: SessionT) -> TableState[NameT, RecordT, ActualT]:
            with explained(dialect, db, what):
                await dialect.prepare(session, state.name, state.record)
                seen = await dialect.inspect(session, state.name, state.record)
                version = await dialect.version(db, session)
            return replace(state, was_seen=True, seen=seen, schema_version=version, origin=origin, seen_at=now)

        return await transacted(dialect, db, what, work, reads=True)
