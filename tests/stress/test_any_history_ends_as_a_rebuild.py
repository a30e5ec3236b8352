"""Whatever happened before, an update that succeeds leaves the targets as a rebuild from nothing would."""

from __future__ import annotations

import asyncio
import logging
import pathlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget

KEYS = st.integers(0, 7)
VALUES = st.integers(0, 2)
SHARED = 8
"""Target keys from here on may be declared by several components of one world, with one value."""


@dataclass(frozen=True)
class Node:
    """What one component does: what it declares and mounts, and how.

    Attributes:
        slow: what it declares in the slow target.
        shared, shared_calls: what it declares, itself or in memoized calls, that others may declare, too.
    """

    memo: bool = False
    sync: bool = False
    states: tuple[tuple[int, int], ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    calls: tuple[tuple[int, int], ...] = ()
    fails: bool = False
    children: tuple[tuple[int, Node], ...] = ()
    slow: tuple[tuple[int, int], ...] = ()
    shared: frozenset[int] = frozenset()
    shared_calls: frozenset[int] = frozenset()


def nodes(depth: int) -> st.SearchStrategy[Node]:
    pairs = st.dictionaries(KEYS, VALUES, max_size=2).map(lambda d: tuple(d.items()))
    below = st.dictionaries(st.integers(0, 3), nodes(depth - 1), max_size=3) if depth else st.just({})
    return st.builds(
        Node,
        memo=st.booleans(),
        sync=st.booleans(),
        states=pairs,
        rows=pairs,
        calls=pairs,
        fails=st.integers(0, 9).map(lambda n: n == 0),
        children=below.map(lambda d: tuple(d.items())),
        slow=pairs,
        shared=st.frozensets(st.integers(SHARED, SHARED + 2), max_size=2),
        shared_calls=st.frozensets(st.integers(SHARED, SHARED + 2), max_size=2),
    )


@dataclass(frozen=True)
class World:
    """One version of the source.

    Attributes:
        table, schema: whether the table is declared, and how.
        shared: the value of what several components declare.
        bad_keys: the target keys that fail.
        cancelled: at which events of the update it is cancelled: where a body or call begins, or a sink is called.
        pause: how many milliseconds the slow target takes.
    """

    tree: Node
    table: bool = True
    schema: int = 1
    shared: int = 0
    bad_keys: frozenset[int] = field(default_factory=frozenset)
    cancelled: tuple[int, ...] = ()
    pause: int = 0


WORLDS = st.builds(World, nodes(2), st.integers(0, 3).map(bool), st.integers(1, 2), VALUES)


class Program:
    """The same program over a changing world, with targets that record what they hold."""

    def __init__(self, folder: pathlib.Path, invalidation: str) -> None:
        self.flat = RecordingTarget("stress/flat")
        self.tables = RecordingContainers("stress/tables", invalidation=invalidation)
        self.slow = RecordingTarget("stress/slow")
        for target in (self.flat, self.tables, self.tables.rows):
            target.on_batch = lambda _: self.event()
        self.slow.on_batch = lambda _: self._take_long()
        self.folder = folder
        self.world = World(Node())
        self._events = 0
        self._cancel: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def update(self, world: World, *, full: bool = False) -> None:
        self.world = world
        self.flat.fail_keys = self.slow.fail_keys = set(world.bad_keys)
        self._events = 0
        env = coco.Environment(coco.Settings(db_path=self.folder))
        try:
            app = coco.App(coco.AppConfig("stress", environment=env), main, self)
            asyncio.run(self._until_cancelled(app, full))
        finally:
            env.close()

    async def _until_cancelled(self, app: Any, full: bool) -> None:
        update = asyncio.ensure_future(app.update(full_reprocess=full).result())
        loop = asyncio.get_running_loop()
        self._cancel = lambda: loop.call_soon_threadsafe(update.cancel)
        await asyncio.wait([update])
        if not update.cancelled():
            update.result()

    def _take_long(self) -> None:
        self.event()
        time.sleep(self.world.pause / 1000)
        self.event()

    def targets(self) -> tuple[Any, ...]:
        return self.flat, self.slow, self.tables, self.tables.rows

    def held(self) -> tuple[Any, ...]:
        """What the targets hold."""
        return dict(self.flat.data), dict(self.slow.data), {k: dict(v) for k, v in self.tables.tables.items()}

    def event(self) -> None:
        """Something happens: cancel the update where that is wanted."""
        with self._lock:
            self._events += 1
            wanted = self._events in self.world.cancelled
        if wanted:
            self._cancel()

    def __coco_memo_key__(self) -> object:
        return "program"


def distinct(
    node: Node,
    shared: int,
    seen: set[int] | None = None,
    rows: set[int] | None = None,
    slow: set[int] | None = None,
) -> Node:
    """The same tree with each target state declared once, but for those that are shared: these have one value."""
    seen = set() if seen is None else seen
    rows = set() if rows is None else rows
    slow = set() if slow is None else slow

    def fresh(pairs: tuple[tuple[int, int], ...], used: set[int]) -> tuple[tuple[int, int], ...]:
        kept = tuple((k, v) for k, v in pairs if k not in used)
        used.update(k for k, _ in kept)
        return kept

    states, table_rows, calls = fresh(node.states, seen), fresh(node.rows, rows), fresh(node.calls, seen)
    states += tuple((k, shared) for k in sorted(node.shared))
    calls += tuple((k, shared) for k in sorted(node.shared_calls - node.shared))
    slow_states = fresh(node.slow, slow)
    children = tuple((k, distinct(child, shared, seen, rows, slow)) for k, child in node.children)
    return Node(node.memo, node.sync, states, table_rows, calls, node.fails, children, slow_states)


@coco.fn(memo=True)
def call(key: int, value: int, program: Program) -> None:
    program.event()
    program.flat.declare(key, value)


def body(node: Node, table: Any, program: Program) -> None:
    program.event()
    for key, value in node.states:
        program.flat.declare(key, value)
    for key, value in node.slow:
        program.slow.declare(key, value)
    for key, value in node.calls:
        call(key, value, program)
    if table is not None:
        for key, value in node.rows:
            coco.declare_target_state(table.target_state(key, value))
    if node.fails:
        raise ValueError("told to fail")


async def mount_children(node: Node, table: Any, program: Program) -> None:
    for key, child in node.children:
        await coco.mount(coco.component_subpath(key), function_for(child), child, table, program)


@coco.fn(memo=True)
async def memoized(node: Node, table: Any, program: Program) -> None:
    await mount_children(node, table, program)
    body(node, table, program)


@coco.fn
async def plain(node: Node, table: Any, program: Program) -> None:
    await mount_children(node, table, program)
    body(node, table, program)


@coco.fn(memo=True)
def memoized_sync(node: Node, table: Any, program: Program) -> None:
    body(node, table, program)


def function_for(node: Node) -> Any:
    if node.sync and not node.children:
        return memoized_sync
    return memoized if node.memo else plain


@coco.fn
async def main(program: Program) -> None:
    world = program.world
    table = await coco.mount_target(program.tables.table("t", world.schema)) if world.table else None
    await coco.mount(coco.component_subpath("tree"), function_for(world.tree), world.tree, table, program)


def without_failures(node: Node) -> Node:
    children = tuple((k, without_failures(child)) for k, child in node.children)
    return Node(node.memo, node.sync, node.states, node.rows, node.calls, False, children, node.slow)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


# A few worlds that are visited again and again, so that what an interrupted step left meets what it knew before.
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.frozensets(st.integers(0, SHARED + 2), max_size=3),
        st.booleans(),
        st.integers(0, 9),
        st.one_of(st.just(()), st.lists(st.integers(1, 16), min_size=1, max_size=2).map(tuple)),
        st.sampled_from([0, 5, 15]),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WORLDS, min_size=3, max_size=3), STEPS, st.sampled_from(["destructive", "lossy"]))
def test_any_history_ends_as_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory,
    worlds: list[World],
    steps: list[tuple[int, frozenset[int], bool, int, tuple[int, ...], int]],
    invalidation: str,
) -> None:
    root = tmp_path_factory.mktemp("history")
    worlds = [World(distinct(world.tree, world.shared), world.table, world.schema) for world in worlds]
    whole = [World(without_failures(world.tree), world.table, world.schema) for world in worlds]
    final = whole[0]
    try:
        lived = Program(root / "lived", invalidation)
        for number, bad_keys, failing, full, cancelled, pause in steps:
            world = replace((worlds if failing else whole)[number], bad_keys=bad_keys, cancelled=cancelled, pause=pause)
            lived.update(world, full=full == 0)
        lived.update(final)
        held = lived.held()
        assert_quiet(lived, final)

        rebuilt = Program(root / "rebuilt", invalidation)
        rebuilt.update(final)
        assert held == rebuilt.held()

        emptied = Program(root / "lived", invalidation)
        for data, was in zip((emptied.flat.data, emptied.slow.data, emptied.tables.tables), held, strict=True):
            data.update(was)
        emptied.update(World(Node(), table=False))
        assert emptied.held() == ({}, {}, {})
    finally:
        shutil.rmtree(root, ignore_errors=True)


def assert_quiet(program: Program, world: World) -> None:
    """The same world once more asks for nothing."""
    for target in program.targets():
        target.take()
    program.update(world)
    for target in program.targets():
        assert target.actions == []
