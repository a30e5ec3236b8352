"""A target of tables in tables, written as a third party would: its sinks tell that a table is gone."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.target import Applied
from cocoindex.errors import ContainerLostError

_numbers = itertools.count()


class TableGoneError(ContainerLostError):
    """A table that is to be written is not there."""


class Table:
    """What is below a name: rows, and tables.

    Attributes:
        number: no two tables have the same.
    """

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.rows: dict[Any, Any] = {}
        self.tables: dict[Any, Table] = {}


class Action(NamedTuple):
    handler: Handler
    key: Any
    value: Any
    known: bool


class TableTarget:
    """Tables by their paths, all in memory.

    Attributes:
        root: what is there.
        refuses: whether no table can be made.
        made: the paths of the tables that were made.
    """

    def __init__(self) -> None:
        self.root = Table()
        self.refuses = False
        self.made: list[tuple[Any, ...]] = []
        self.sink = coco.TargetActionSink.from_async_fn(
            self._apply, reports=True, child_handler=lambda _, action: action.handler.of(action.key)
        )
        self.provider: Any = coco.register_root_target_states_provider(
            f"tests/tables/{next(_numbers)}", Handler(self, ())
        )

    def at(self, path: tuple[Any, ...]) -> Table | None:
        """The table at a path, where there is one."""
        found: Table | None = self.root
        for name in path:
            found = None if found is None else found.tables.get(name)
        return found

    def rows(self, *path: Any) -> dict[Any, Any] | None:
        """The rows of a table; None where it is gone."""
        found = self.at(path)
        return None if found is None else found.rows

    async def table(self, provider: Any, name: str) -> Any:
        """Mount a table."""
        return await coco.mount_target(provider.target_state(name, TABLE))

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Action]) -> dict[int, Applied[Any]]:
        reports = {}
        for at, (handler, key, value, known) in enumerate(actions):
            table = self.at(handler.path)
            if table is None or (handler.number is not None and table.number != handler.number):
                if coco.is_non_existence(value):
                    continue
                raise TableGoneError(f"the table {handler.path} is gone")
            if value != TABLE:
                table.rows.pop(key, None)
                table.tables.pop(key, None)
                if not coco.is_non_existence(value):
                    table.rows[key] = value
            elif key not in table.tables:
                if self.refuses:
                    raise RuntimeError("no table can be made")
                table.tables[key] = Table()
                self.made.append((*handler.path, key))
                reports[at] = Applied(TABLE, "destructive" if known else None)
        return reports


TABLE = "a table"


class Handler:
    """Reconciles what is below one path."""

    def __init__(self, target: TableTarget, path: tuple[Any, ...], number: int | None = None) -> None:
        self.target = target
        self.path = path
        self.number = number

    def of(self, key: Any) -> Handler:
        """The handler of what is in a table, once that is there."""
        table = self.target.at((*self.path, key))
        return Handler(self.target, (*self.path, key), None if table is None else table.number)

    def reconcile(
        self, key: Any, desired: Any, prev_possible_records: Collection[Any], prev_may_be_missing: bool, /
    ) -> Any:
        same = not prev_may_be_missing and all(prev == desired for prev in prev_possible_records)
        if same and desired != TABLE:
            return None
        record = coco.NON_EXISTENCE if coco.is_non_existence(desired) else desired
        action = Action(self, key, desired, bool(prev_possible_records))
        return coco.TargetReconcileOutput(action, self.target.sink, record)
