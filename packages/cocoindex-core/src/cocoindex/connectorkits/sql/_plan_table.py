"""Plans the action for a declared table: a pure function of the declaration, the records, and the inspected state.

Layer: connectorkits.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from .. import table_plan
from ..table_plan import Sighting, TableChange, TablePlan
from ._same_table import lasting_identity
from ._table_mark import is_of_store
from ._type_variables import ActualT, NameT, RecordT

if TYPE_CHECKING:
    from ._dialect import Dialect

__all__ = ["TableState", "moment", "plan_table"]


_moments = itertools.count(1)


def moment() -> int:
    """Return a number that is larger than all earlier ones in this process."""
    return next(_moments)


@dataclass(frozen=True)
class TableState(Generic[NameT, RecordT, ActualT]):
    """A declared table, with the result of inspecting it if it was inspected.

    A table that was inspected, and that others dropped, altered or recreated, is repaired together with its rows.
    Without an inspection, only the records are known.

    Args:
        name: the table.
        record: the table as declared, with the mark that it gets if it is created.
        adopt: whether a table that others created may be used.
        was_seen: whether the database was inspected.
        seen: the table found by the inspection; None if there was none.
        schema_version: the `Dialect.version` at the inspection.
        origin: identifies the store of the declaring app, as in `Mark`.
        seen_at: the `moment` of the inspection.
    """

    name: NameT
    record: RecordT
    adopt: bool = False
    was_seen: bool = False
    seen: ActualT | None = None
    schema_version: str = ""
    origin: str = ""
    seen_at: int = 0

    @property
    def sighting(self) -> Sighting | None:
        """The result of the inspection; None if there was no inspection."""
        if not self.was_seen:
            return None
        if self.seen is None:
            return Sighting(is_there=False)
        seen, found = self.seen, self.seen.mark
        identity = lasting_identity(self.schema_version, seen)
        return Sighting(
            True,
            mark="" if found is None else found.token,
            # While the schema has not changed, the table is the same; after a change, it may be another one.
            identity=identity or self.schema_version,
            identity_lasts=bool(identity),
            is_of_store=is_of_store(found, self.origin),
        )


def plan_table(
    dialect: Dialect[Any, Any, NameT, RecordT, ActualT],
    state: TableState[NameT, RecordT, ActualT],
    prev: Collection[RecordT],
    may_be_missing: bool,
) -> TablePlan[RecordT]:
    """Return the plan for a declared table, given the records that earlier runs may have left."""
    return table_plan.plan_table(
        state.record,
        prev,
        may_be_missing=may_be_missing,
        sighting=state.sighting,
        adopt=state.adopt,
        fits=lambda old: state.seen is not None and dialect.fits(state.seen, state.name, old),
        change=dialect.change,
        mending=_mending(dialect, state) if state.was_seen else TableChange.NONE,
        drops=_drops(dialect, prev, state.record),
    )


def _mending(
    dialect: Dialect[Any, Any, NameT, RecordT, ActualT], state: TableState[NameT, RecordT, ActualT]
) -> TableChange:
    if state.seen is None:
        return TableChange.REBUILD
    missing, wrong = dialect.differences(state.seen, state.name, state.record)
    # A NOT NULL column cannot be added in place: existing rows have no value for it.
    if wrong or any(not state.record.columns[name].nullable for name in missing):
        return TableChange.REBUILD
    return TableChange.COLUMNS if missing else TableChange.NONE


def _drops(
    dialect: Dialect[Any, Any, Any, RecordT, Any], prev: Collection[RecordT], record: RecordT
) -> tuple[str, ...]:
    kept = {dialect.folded(name) for name in record.columns}
    return tuple(sorted({name for old in prev for name in old.columns if dialect.folded(name) not in kept}))
