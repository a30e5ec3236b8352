"""Whatever fails while a feed is followed, and however often that stops, its target ends as the log says.

The feed begins each time at the position that it has stored, which goes on though keys fail.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco

KEYS = ["a", "b", "c", "long " * 100]


class Entry(NamedTuple):
    """A line of the log: a key and its value, or that it is gone."""

    key: str
    value: int | None


class Failing(NamedTuple):
    """For these keys the target fails from now on, and for those the function."""

    in_target: frozenset[str]
    in_body: frozenset[str]


class Turns(NamedTuple):
    """The loop turns so often before the next step."""

    times: int


ENTRIES = st.builds(Entry, st.sampled_from(KEYS), st.one_of(st.none(), st.integers(0, 9)))
SOME = st.frozensets(st.sampled_from(KEYS), max_size=2)
STEPS = st.lists(
    st.one_of(
        ENTRIES,
        ENTRIES,
        ENTRIES,
        st.builds(Failing, SOME, SOME),
        st.builds(Turns, st.sampled_from([1, 2, 3, 5, 8, 30])),
    ),
    min_size=5,
    max_size=30,
)
STOPS = st.one_of(st.none(), st.integers(0, 200))


class World:
    """The log, the target and what fails."""

    def __init__(self) -> None:
        self.log: list[Entry] = []
        self.steps: list[Any] = []
        self.data: dict[str, int] = {}
        self.failing = Failing(frozenset(), frozenset())
        self.done = asyncio.Event()
        self.begun_at: list[int] = []
        self._sink = coco.TargetActionSink.from_async_fn(self._apply)
        self._provider: Any = coco.register_root_target_states_provider(f"stress/feed/{id(self)}", self)

    def reconcile(self, key: Any, desired: Any, previous: Any, prev_may_be_missing: bool, /) -> Any:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self._sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(one == desired for one in previous):
            return None
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        await asyncio.sleep(0)
        if any(key in self.failing.in_target for key, _ in actions):
            raise RuntimeError("told to fail")
        for key, value in actions:
            self.data.pop(key, None)
            if value is not None:
                self.data[key] = value

    async def keep(self, item: tuple[str, int]) -> None:
        key, value = item
        await asyncio.sleep(0)
        if key in self.failing.in_body:
            raise ValueError("told to fail")
        coco.declare_target_state(self._provider.target_state(key, value))

    async def watch(self, subscriber: Any) -> None:
        at: int = await subscriber.read_committed_state("cursor") or 0
        self.begun_at.append(at)
        for entry in self.log[at:]:
            await self.tell(subscriber, entry)
            at += 1
            await subscriber.checkpoint(at)
        await subscriber.mark_ready()
        for step in self.steps:
            match step:
                case Entry():
                    self.log.append(step)
                    await self.tell(subscriber, step)
                    at += 1
                    await subscriber.checkpoint(at)
                case Failing():
                    self.failing = step
                case Turns(times):
                    for _ in range(times):
                        await asyncio.sleep(0)
        caught_up = asyncio.Event()
        subscriber.durable(caught_up.set)
        await caught_up.wait()
        self.done.set()
        await asyncio.get_running_loop().create_future()

    async def tell(self, subscriber: Any, entry: Entry) -> None:
        if entry.value is None:
            await subscriber.delete(entry.key)
        else:
            await subscriber.update(entry.key, (entry.key, entry.value))

    def wanted(self) -> dict[str, int]:
        values = dict(self.log)
        return {key: value for key, value in values.items() if value is not None}


async def lives(app: coco.App[..., Any], world: World, steps: list[Any], after_turns: int | None) -> None:
    """A live update of these steps, which stops after them or before."""
    world.steps = steps
    world.done.clear()
    update = asyncio.ensure_future(app.update(live=True).result())
    done = asyncio.ensure_future(world.done.wait())
    if after_turns is None:
        await asyncio.wait([update, done], return_when=asyncio.FIRST_COMPLETED)
    else:
        for _ in range(after_turns):
            await asyncio.sleep(0)
    for task in (update, done):
        task.cancel()
    await asyncio.wait([update, done])
    if not update.cancelled():
        update.result()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(STEPS, STOPS), min_size=1, max_size=4), st.booleans())
def test_any_history_of_a_feed_ends_as_its_log(
    tmp_path_factory: pytest.TempPathFactory, lifes: list[tuple[list[Any], int | None]], last_live: bool
) -> None:
    folder = tmp_path_factory.mktemp("history")
    world = World()

    async def main() -> None:
        await coco.mount_each(coco.component_subpath("log"), world.keep, world)

    async def run() -> None:
        environment = coco.Environment(coco.Settings(db_path=folder / "store"))
        app = coco.App(coco.AppConfig("feed", environment=environment), main)
        for steps, stop in lifes:
            await lives(app, world, steps, stop)
            if stop is None:
                assert not world.steps or world.done.is_set()
        world.failing = Failing(frozenset(), frozenset())
        if last_live:
            await lives(app, world, [], None)
        else:
            await app.update()
        assert world.data == world.wanted()
        await app.update()
        assert world.begun_at[-1] == len(world.log), "the position goes on"
        assert world.data == world.wanted()

    try:
        asyncio.run(run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
