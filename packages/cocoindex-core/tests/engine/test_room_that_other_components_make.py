"""What is in the way of a component goes with another one, in the same update: nobody fails for the order of things."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers

Rows = Mapping[Any, Any]


class Unique:
    """A target whose rows have unique values, at the end of each call; a call that is refused does nothing.

    Attributes:
        calls: so many were made.
        refused: values that no row may have.
    """

    def __init__(self) -> None:
        self.data: dict[Any, Any] = {}
        self.calls = 0
        self.refused: set[Any] = set()
        self.dead = False
        self.sink = coco.TargetActionSink.from_fn(self.apply)
        self.provider: Any = coco.register_root_target_states_provider(f"test/unique_{id(self)}", self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and list(prev) == [desired]:
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)

    def apply(self, context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        self.calls += 1
        if self.dead:
            raise ConnectionError("nobody listens")
        data = {**self.data, **dict(actions)}
        held: dict[Any, Any] = {}
        for key, value in data.items():
            if value in self.refused:
                raise ValueError(f"{key} cannot be {value}")
            if value is not None and held.setdefault(value, key) != key:
                raise ValueError(f"{key} cannot be {value}, as {held[value]} is")
        self.data = {key: value for key, value in data.items() if value is not None}

    def declare(self, key: Any, value: Any) -> None:
        coco.declare_target_state(self.provider.target_state(key, value))


class Referring(Unique):
    """A target whose values name rows that have to be there, after each action."""

    def apply(self, context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        self.calls += 1
        data = dict(self.data)
        for key, value in actions:
            data.pop(key, None)
            if value is not None:
                data[key] = value
            for other, named in data.items():
                if named not in ("", *data):
                    raise ValueError(f"{other} needs {named}")
        self.data = data


class Constrained(Unique):
    """A target that raises what a driver has raised, with the name of the row; also where a value is missing."""

    def apply(self, context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        missing = [key for key, value in actions if value in self.refused]
        try:
            if missing:
                raise LookupError("a value is missing")
            super().apply(context, actions)
        except LookupError as error:
            raise ValueError(f"row {missing[0]} was refused") from error
        except ValueError as error:
            raise ValueError(f"row {actions[0][0]} was refused") from KeyError("a value is not unique", *error.args)


class Program:
    """An app whose components have a row each, all below the main function, or below one for each group of theirs.

    Attributes:
        told: what the exception handler was told of in the last update: path and error.
        ran: the keys of the components that ran in it.
        stats: of all of it.
    """

    def __init__(
        self,
        env: coco.Environment,
        *,
        groups: int = 0,
        memo: bool = False,
        waits: bool = False,
        kind: type[Unique] = Unique,
    ) -> None:
        self.target = target = kind()
        self.rows: Rows = {}
        self.told: list[tuple[str, str]] = []
        self.ran: list[Any] = []
        ran = self.ran

        @coco.fn(memo=memo)
        async def declare(item: tuple[Any, Any]) -> None:
            ran.append(item[0])
            target.declare(*item)

        async def declare_all(rows: dict[Any, Any]) -> None:
            handle = await coco.mount_each(declare, [(key, (key, value)) for key, value in rows.items()])
            if waits:
                await handle.ready()

        @coco.fn(memo=memo)
        async def group(rows: dict[Any, Any]) -> None:
            await declare_all(rows)

        async def note(error: BaseException, context: coco.ExceptionContext) -> None:
            self.told.append((context.stable_path, str(error)))

        @coco.fn
        async def main() -> None:
            async with coco.exception_handler(note):
                if not groups:
                    await declare_all(dict(self.rows))
                for number in range(groups):
                    with coco.component_subpath(number):
                        await coco.mount(group, {k: v for k, v in self.rows.items() if k % groups == number})

        self.app: coco.App[[], None] = coco.App(coco.AppConfig("unique", environment=env), main)

    def update(self, rows: Rows, *, live: bool = False) -> None:
        self.rows = rows
        self.told.clear()
        self.ran.clear()

        async def update() -> None:
            handle = self.app.update(live=live)
            await handle
            stats = handle.stats()
            assert stats is not None
            self.stats = stats.total

        asyncio.run(update())

    def holds(self, rows: Rows, *, live: bool = False) -> None:
        """Update the app; it holds what it declares, at once."""
        self.update(rows, live=live)
        assert (self.told, self.stats.num_errors) == ([], 0)
        assert self.target.data == rows


CHANGES: list[tuple[Rows, Rows]] = [
    ({1: "a"}, {2: "a"}),
    ({1: "a", 2: "b"}, {1: "b", 2: "a"}),
    ({1: "a", 2: "b"}, {2: "a", 3: "b"}),
    ({1: "a", 2: "b", 3: "c"}, {1: "b", 2: "c", 3: "a"}),
    ({1: "a", 2: "b", 3: "c"}, {3: "b", 4: "c", 5: "a", 6: "d"}),
    ({n: n for n in range(1100)}, {n: n + 1 for n in range(1100)}),
    ({n: n for n in range(900)}, {n + 1000: n for n in range(900)}),
]


@pytest.mark.parametrize("groups", [0, 3])
@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_values_change_hands(env: coco.Environment, groups: int, memo: bool, before: Rows, after: Rows) -> None:
    program = Program(env, groups=groups, memo=memo)
    program.holds(before)
    program.holds(after)
    program.target.calls = 0
    program.holds(after)
    assert program.target.calls == 0
    if memo:
        assert program.ran == []


def test_in_the_first_run_of_a_live_update(env: coco.Environment) -> None:
    program = Program(env, groups=2)
    for rows in ({1: "a", 2: "b"}, {1: "b", 2: "a"}, {3: "a", 4: "b"}):
        program.holds(rows, live=True)


@pytest.mark.parametrize("groups", [0, 2])
def test_what_others_need_comes_before_them_and_goes_after_them(env: coco.Environment, groups: int) -> None:
    program = Program(env, groups=groups, kind=Referring)
    rows = {1: 2, 2: 3, 3: 4, 4: "", 5: 4}
    program.holds(rows)
    program.holds({4: "", 3: 4})
    program.holds({6: "", 7: 6})
    assert (program.stats.num_deletes, program.stats.num_adds) == (2, 2)
    program.holds(rows)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_changes_hands(env: coco.Environment, seed: int) -> None:
    chance = random.Random(seed)
    program = Program(env, groups=chance.choice([0, 2, 3]), memo=chance.random() < 0.5)
    for _ in range(6):
        keys = chance.sample(range(12), chance.randrange(12))
        program.holds(dict(zip(keys, chance.sample("abcdefghijkl", len(keys)), strict=True)))


def test_some_that_exchange_values_among_many_good_and_one_bad_one(env: coco.Environment) -> None:
    program = Program(env)
    rows = {n: n for n in range(200)}
    program.holds(rows)
    program.target.refused = {"bad"}
    after: dict[int, Any] = {n: -n for n in rows} | {3: 170, 170: 3, 90: "bad"}
    program.update(after)
    assert [path.rpartition("/")[2] for path, _ in program.told] == ["90"]
    assert program.target.data == after | {90: 90}
    assert program.stats.num_errors == 1


NEW = dict.fromkeys(range(100, 140), "bad")
CHANGED = dict.fromkeys(range(12), "bad")
EXCHANGES: dict[str, tuple[type[Unique], Rows, Rows]] = {
    "two among a few bad": (Unique, {n: n for n in range(30)}, {3: 17, 17: 3, 20: "bad", 21: "bad"}),
    "pairs among bad": (Unique, {n: n for n in range(30)}, CHANGED | {17: 18, 18: 17, 20: 21, 21: 20}),
    "all among many that are new and bad": (Unique, {n: n for n in range(20)}, {n: n - 1 for n in range(20)} | NEW),
    "all of one kind": (Constrained, {n: n for n in range(60)}, {n: n ^ 1 for n in range(60)} | CHANGED),
}


@pytest.mark.parametrize("which", EXCHANGES)
def test_some_that_exchange_values_among_many_bad_ones(env: coco.Environment, which: str) -> None:
    kind, before, changes = EXCHANGES[which]
    program = Program(env, kind=kind)
    program.holds(before)
    program.target.refused = {"bad"}
    changes = {key: value % len(before) if isinstance(value, int) else value for key, value in changes.items()}
    program.update({**before, **changes})
    held = {key: before.get(key) if value == "bad" else value for key, value in {**before, **changes}.items()}
    assert program.target.data == {key: value for key, value in held.items() if value is not None}
    assert program.stats.num_errors == sum(value == "bad" for value in changes.values())
    assert program.target.calls <= 200
    program.target.refused = set()
    program.holds({**before, **changes} | {key: f"good {key}" for key, value in changes.items() if value == "bad"})


def test_what_fails_again_is_told_once_with_its_own_error(env: coco.Environment) -> None:
    program = Program(env, memo=True)
    program.holds({1: "a", 2: "b", 3: "c"})
    program.target.refused = {"x", "y"}
    program.update({2: "x", 3: "y", 4: "a"})
    assert sorted(error for _, error in program.told) == ["2 cannot be x", "3 cannot be y"]
    assert program.target.data == {2: "b", 3: "c", 4: "a"}
    assert (program.stats.num_errors, program.stats.num_deletes, program.stats.num_adds) == (2, 1, 1)
    program.target.refused = set()
    program.holds({2: "x", 3: "y", 4: "a"})
    assert sorted(program.ran) == [2, 3]


@pytest.mark.parametrize("after", [{n: f"{n}!" for n in range(600)}, {n + 700: n for n in range(600)}])
def test_a_dead_target_is_called_a_few_times_only(env: coco.Environment, after: Rows) -> None:
    program = Program(env)
    program.holds({n: n for n in range(600)})
    program.target.dead, program.target.calls = True, 0
    program.update(after)
    assert {error for _, error in program.told} == {"nobody listens"}
    assert program.target.calls <= 30
    program.target.dead = False
    program.holds(after)


def test_who_waits_until_all_is_ready_is_not_held_up(env: coco.Environment) -> None:
    program = Program(env, waits=True)
    program.holds({1: "a", 2: "b"})
    program.holds({1: "b", 2: "a"})
    program.update({1: "b", 3: "a"})  # 2 is swept when the one that waits has ended
    assert [error for _, error in program.told] == ["3 cannot be a, as 2 is"]
    program.holds({1: "b", 3: "a"})


@pytest.mark.parametrize("how", ["watches", "raises", "needs", "waits for one"])
def test_whatever_waits_for_what_failed_goes_on(env: coco.Environment, how: str) -> None:
    target = Unique()
    told: list[str] = []
    now: list[Any] = []

    @coco.fn
    async def declare(item: tuple[Any, Any]) -> None:
        target.declare(*item)

    @coco.fn
    async def below() -> None:
        for item in now:
            await coco.mount(coco.component_subpath(item[0]), declare, item)

    async def note(error: BaseException, context: coco.ExceptionContext) -> None:
        told.append(str(error))

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(note):
            if how == "watches":
                with coco.stats_group("rows") as group:
                    await coco.mount_each(declare, [(item[0], item) for item in now])
                async for _ in group.watch():
                    pass
            elif how == "raises":
                await below()
                raise RuntimeError("no")
            elif how == "needs":
                await coco.use_mount(below)
            else:
                for item in now:
                    handle = await coco.mount(coco.component_subpath(item[0]), declare, item)
                    await handle.ready()

    app = coco.App(coco.AppConfig("waits", environment=env), main)

    def update(*items: tuple[Any, Any]) -> None:
        told.clear()
        now[:] = items
        try:
            app.update_blocking()
        except RuntimeError:
            assert how == "raises"

    update((1, "a"), (2, "b"))
    assert (told, target.data) == ([], {1: "a", 2: "b"})
    update((3, "a"), (2, "c"))
    assert target.data[2] == "c"
    if how == "needs":  # it sweeps itself
        assert (told, target.data) == ([], {3: "a", 2: "c"})
    else:
        assert told == ["3 cannot be a, as 1 is"]
        update((3, "a"), (2, "c"))
        assert target.data == ({1: "a", 2: "c"} if how == "raises" else {3: "a", 2: "c"})


def test_what_a_parent_declares_takes_the_place_of_what_a_child_had(env: coco.Environment) -> None:
    target = Unique()
    child = True

    @coco.fn
    async def row() -> None:
        target.declare(1, "a")

    @coco.fn
    async def main() -> None:
        if child:
            await coco.mount(row)
        else:
            target.declare(2, "a")

    app = coco.App(coco.AppConfig("parent", environment=env), main)
    app.update_blocking()
    child = False
    app.update_blocking()
    assert target.data == {2: "a"}


def test_a_component_above_one_whose_container_goes(env: coco.Environment) -> None:
    program = Program(env)
    target = program.target
    boxes = RecordingContainers()
    former = True

    @coco.fn
    async def row(table: Any) -> None:
        coco.declare_target_state(table.target_state("row", 1))

    @coco.fn
    async def above(table: Any) -> None:
        target.declare(1, "a")
        await coco.mount(row, table)

    @coco.fn
    async def new() -> None:
        target.declare(2, "a")

    @coco.fn
    async def main() -> None:
        if former:
            await coco.mount(above, await coco.mount_target(boxes.table("table")))
        else:
            await coco.mount(new)

    app = coco.App(coco.AppConfig("above", environment=env), main)
    app.update_blocking()
    former = False
    app.update_blocking()
    assert (target.data, boxes.tables) == ({2: "a"}, {})


def test_a_cancelled_update_leaves_what_was_put_off(env: coco.Environment) -> None:
    program = Program(env)
    target = program.target
    target.data = {9: "a"}

    @coco.fn
    async def main() -> None:
        calls = target.calls
        await coco.mount(coco.component_subpath(2), target.declare, 2, "a")
        for _ in range(10**6):
            if target.calls > calls:
                break
            await asyncio.sleep(0)
        failed.set()
        await asyncio.Event().wait()

    async def update() -> None:
        async def act() -> None:
            await app.update()

        task = asyncio.ensure_future(act())
        await failed.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    failed = asyncio.Event()
    app = coco.App(coco.AppConfig("cancelled", environment=env), main)
    asyncio.run(update())
    assert target.data == {9: "a"}
