"""Whatever components declare in containers that several of them mount, one update makes the target so.

They declare directly, in memoized calls, in nested memoized calls and in a child. After an update in which rows and
containers fail, and everything may have changed, the next one repairs everything. Then nothing is done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.testing import RecordingContainers

at = coco.component_subpath
NAMES, TABLES, ROWS = "abc", "tu", "fg"


class Declared(NamedTuple):
    """A row: its value, and how it is declared."""

    value: int
    way: str


Rows = dict[tuple[str, str], Declared]


class Kind(NamedTuple):
    """Whether a component is memoized, and whether a child of it declares everything."""

    memo: bool
    nested: bool


class Step(NamedTuple):
    """A change of the program, and what fails in the update before."""

    changes: dict[str, Rows | None]
    order: list[str]
    bad_rows: set[str]
    bad_tables: set[str]
    removed_after_failure: str


class Program:
    """The components and their target."""

    def __init__(self, store: Any, kinds: tuple[Kind, ...]) -> None:
        self.target = RecordingContainers()
        self.rows: dict[str, Rows | None] = {}
        self.order = [*NAMES]
        self.env = coco.Environment(coco.Settings(db_path=store))
        target = self.target

        @coco.fn(memo=True)
        async def called(table: Any, row: str, value: int) -> None:
            coco.declare_target_state(table.target_state(row, value))

        @coco.fn(memo=True)
        async def outer(table: Any, row: str, value: int) -> None:
            await called(table, row, value)

        async def declare(rows: tuple[tuple[str, str, int, str], ...]) -> None:
            mounted: dict[str, Any] = {}
            for name, row, value, way in rows:
                if name not in mounted:
                    mounted[name] = await coco.mount_target(target.table(name))
                table = mounted[name]
                if way == "declared":
                    coco.declare_target_state(table.target_state(row, value))
                else:
                    await (called if way == "called" else outer)(table, row, value)

        async def above(rows: tuple[tuple[str, str, int, str], ...], memo: bool) -> None:
            await coco.mount(at("child"), bodies[memo], rows)

        bodies = {memo: coco.fn(memo=memo)(declare) for memo in (False, True)}
        tops = {memo: coco.fn(memo=memo)(above) for memo in (False, True)}

        @coco.fn
        async def main() -> None:
            for name in self.order:
                rows = self.rows.get(name)
                if rows is None:
                    continue
                given_rows = tuple((table, row, *declared) for (table, row), declared in sorted(rows.items()))
                kind = kinds[NAMES.index(name)]
                if kind.nested:
                    await coco.mount(at(name), tops[kind.memo], given_rows, kind.memo)
                else:
                    await coco.mount(at(name), bodies[kind.memo], given_rows)

        self.app: coco.App[..., None] = coco.App(coco.AppConfig("app", environment=self.env), main)

    def update(self) -> int:
        """Return how many actions on rows one update takes."""
        before = len(self.target.rows.actions)
        self.app.update_blocking()
        return len(self.target.rows.actions) - before

    def declared(self) -> Iterator[tuple[tuple[str, str], int]]:
        for rows in self.rows.values():
            for place, declared in (rows or {}).items():
                yield place, declared.value

    def check(self) -> None:
        """Check that the target has a value that is declared for each declared row, and nothing else."""
        held = {(table, row): value for table, rows in self.target.tables.items() for row, value in rows.items()}
        wanted = {*self.declared()}
        assert held.keys() == {place for place, _ in wanted}
        assert {*held.items()} <= wanted


row = st.builds(Declared, st.sampled_from([1, 1, 2]), st.sampled_from(["declared", "called", "outer"]))
place = st.tuples(st.sampled_from(TABLES), st.sampled_from(ROWS))
step = st.builds(
    Step,
    st.dictionaries(st.sampled_from(NAMES), st.none() | st.dictionaries(place, row, max_size=3)),
    st.permutations(NAMES),
    st.sets(st.sampled_from(ROWS), max_size=1),
    st.sets(st.sampled_from(TABLES), max_size=1),
    st.sampled_from(NAMES),
)
kinds = st.tuples(*[st.builds(Kind, st.booleans(), st.booleans())] * len(NAMES))


@settings(max_examples=25)
@given(kinds=kinds, steps=st.lists(step, min_size=1, max_size=5))
def test_one_update_makes_it_so(
    tmp_path_factory: pytest.TempPathFactory, kinds: tuple[Kind, ...], steps: list[Step]
) -> None:
    program = Program(tmp_path_factory.mktemp("store"), kinds)
    target = program.target
    for changes, order, bad_rows, bad_tables, removed in steps:
        program.rows |= changes
        program.order = order
        if bad_rows or bad_tables:
            target.rows.fail_keys |= bad_rows
            target.fail_keys |= bad_tables
            program.update()
            target.rows.fail_keys.clear()
            target.fail_keys.clear()
            program.rows[removed] = None
        program.update()
        program.check()
        assert program.update() == 0
        program.check()
    program.app.drop_blocking()
    assert target.tables == {}
    program.env.close()
