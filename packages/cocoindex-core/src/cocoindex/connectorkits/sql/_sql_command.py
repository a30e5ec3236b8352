"""SQL commands as target states: run when declared or changed, undone when no longer declared.

Layer: connectorkits. The commands are the user's own SQL, run unchanged.
"""

# No `from __future__ import annotations`: the store could not resolve textual annotations, as `__module__` is changed.
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from cocoindex._shown import shown

from ..._target.handler import TargetReconcileOutput
from ..._values import NON_EXISTENCE, NonExistenceType, is_non_existence

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._target.sink import TargetActionSink
    from ._dialect import Dialect

__all__ = ["CommandAction", "CommandHandler", "CommandRecord", "SqlCommand", "command_record"]


class CommandRecord(NamedTuple):
    """A command, and the command that undoes it, if any."""

    setup_sql: str
    teardown_sql: str | None


class SqlCommand(NamedTuple):
    """A command to run.

    Args:
        table: the name of its table.
        name: the name of the command.
        part: whether this is the setup or the teardown.
        sql: the SQL.
        may_be_done: whether an earlier run may already have had the effect; "already exists" (for a setup) or "does not
            exist" (for a teardown) is then no error.
    """

    table: Any
    name: str
    part: Literal["setup", "teardown"]
    sql: str
    may_be_done: bool


def command_record(
    dialect: "Dialect[Any, Any, Any, Any, Any]", table: str, name: object, setup_sql: object, teardown_sql: object
) -> CommandRecord:
    """Return the record of a declared command; raise `errors.schema` if the declaration is invalid."""
    where, error = f"the SQL command {name!r} of the table {table!r}", dialect.errors.schema
    if not isinstance(name, str) or not name:
        raise error(f"{where} needs a name that is a non-empty str")
    if not isinstance(setup_sql, str) or not setup_sql.strip():
        raise error(f"{where} needs setup_sql, a str with SQL, not {shown(setup_sql)}")
    if teardown_sql is not None and not isinstance(teardown_sql, str):
        raise error(f"{where}: teardown_sql is a str with SQL or None, not {shown(teardown_sql)}")
    return CommandRecord(setup_sql, teardown_sql or None)


class CommandAction(NamedTuple):
    """The action on one command: run these teardowns, then the setup, if any.

    `may_be_missing` says that the objects which the teardowns remove may not exist; `may_be_there` says that the setup
    may already have run.
    """

    dialect: "Dialect[Any, Any, Any, Any, Any]"
    table: Any
    name: str
    teardowns: tuple[str, ...]
    setup: str | None
    may_be_missing: bool
    may_be_there: bool

    @property
    def removes(self) -> bool:
        """Whether the action has no setup."""
        return self.setup is None

    async def apply(self, db: Any) -> None:
        """Run the commands, each in a separate call.

        Raises:
            the `errors.attachment`: the database refuses a command.
        """
        for command in self.teardowns:
            await self.dialect.run_command(
                db, SqlCommand(self.table, self.name, "teardown", command, self.may_be_missing)
            )
        if self.setup is not None:
            await self.dialect.run_command(
                db, SqlCommand(self.table, self.name, "setup", self.setup, self.may_be_there)
            )


class CommandHandler:
    """Reconciles the SQL commands of one table.

    Args:
        dialect: runs the commands.
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
        desired_target_state: CommandRecord | NonExistenceType,
        prev_possible_records: Collection[CommandRecord],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[CommandAction, CommandRecord] | None:
        """Return the teardowns of earlier commands and the setup of the declared one; None if nothing has changed."""
        name, prev = cast("str", key), tuple(prev_possible_records)
        teardowns = tuple(dict.fromkeys(record.teardown_sql for record in prev if record.teardown_sql))
        uncertain = prev_may_be_missing or len(prev) > 1
        if is_non_existence(desired_target_state):
            return TargetReconcileOutput(
                self._action(name, teardowns, None, uncertain, False), self._sink, NON_EXISTENCE
            )
        wanted = desired_target_state
        if prev and not prev_may_be_missing and all(record.setup_sql == wanted.setup_sql for record in prev):
            # If only the teardown changed, it is stored, and nothing is run.
            if all(record == wanted for record in prev):
                return None
            return TargetReconcileOutput(self._action(name, (), None, False, False), self._sink, wanted)
        may_be_there = any(record.setup_sql == wanted.setup_sql for record in prev)
        action = self._action(name, teardowns, wanted.setup_sql, uncertain, may_be_there)
        return TargetReconcileOutput(action, self._sink, wanted)

    def _action(
        self, name: str, teardowns: tuple[str, ...], setup: str | None, may_be_missing: bool, may_be_there: bool
    ) -> CommandAction:
        return CommandAction(self._dialect, self._table, name, teardowns, setup, may_be_missing, may_be_there)
