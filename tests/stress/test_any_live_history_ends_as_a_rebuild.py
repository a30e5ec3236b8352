"""Whatever happened to a live source, and however often the update stopped, the target holds what the source does."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco

KEYS = ["a", "bb", "cccc", "long " * 100 + "1", "long " * 100 + "2"]


class Value(NamedTuple):
    """What the child of a key does: the target states that it declares, by their names; what is mounted below it.

    One more has its version, which rises with each change.
    """

    states: tuple[tuple[int, int], ...]
    below: tuple[tuple[int, int], ...] = ()
    fails: bool = False
    version: int = 0


STATES = st.dictionaries(st.integers(0, 2), st.integers(0, 2), max_size=2).map(lambda found: tuple(found.items()))
VALUES = st.builds(Value, STATES, STATES, st.integers(0, 7).map(lambda n: n == 7))


class Change(NamedTuple):
    """The source changes; where it is not told, only a rescan finds it."""

    key: str
    value: Value | None
    told: bool


class Rescan(NamedTuple):
    """The source is listed again; what comes next does not wait for that."""


class Part(NamedTuple):
    """The keys that begin so are listed again."""

    prefix: str


class Turns(NamedTuple):
    """The loop turns so often before the next step."""

    times: int


class Failing(NamedTuple):
    """The target fails for these keys from now on."""

    keys: frozenset[str]


CHANGES = st.builds(Change, st.sampled_from(KEYS), st.one_of(st.none(), VALUES), st.integers(0, 3).map(lambda n: n > 0))
STEPS = st.lists(
    st.one_of(
        CHANGES,
        CHANGES,
        st.builds(Rescan),
        st.builds(Rescan),
        st.builds(Part, st.sampled_from(["", "b", "long ", "long " * 100])),
        st.builds(Turns, st.sampled_from([1, 2, 3, 5, 8, 30])),
        st.builds(Failing, st.frozensets(st.sampled_from(KEYS), max_size=2)),
    ),
    min_size=10,
    max_size=40,
)


class Target:
    """Target states by the key of the child that declares them, and their name."""

    def __init__(self) -> None:
        self.data: dict[Any, int] = {}
        self.failing: Collection[str] = ()
        self.actions = 0
        self.versions: dict[str, tuple[int, bool]] = {}
        self.back: list[tuple[str, int, int]] = []
        self._sink = coco.TargetActionSink.from_async_fn(self._apply)
        self.provider: Any = coco.register_root_target_states_provider(f"stress/live/{id(self)}", self)

    def reconcile(self, key: Any, desired: Any, previous: Collection[Any], prev_may_be_missing: bool, /) -> Any:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self._sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(one == desired for one in previous):
            return None
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        self.actions += len(actions)
        await asyncio.sleep(0)
        if any(key[0] in self.failing for key, _ in actions):
            raise RuntimeError("told to fail")
        for key, value in actions:
            if key[1] == "version":
                self._note_version(key[0], value)
            self.data.pop(key, None)
            if value is not None:
                self.data[key] = value

    def _note_version(self, key: str, version: int | None) -> None:
        """Take note of what was applied: no version comes back after a newer one, or after it was removed."""
        applied, gone = self.versions.get(key, (0, False))
        if version is not None and (version < applied or (gone and version == applied)):
            self.back.append((key, applied, version))
        self.versions[key] = (applied, True) if version is None else (version, False)

    def __coco_memo_key__(self) -> object:
        return "target"


class Source:
    """A live map that is driven by steps."""

    def __init__(self) -> None:
        self.items: dict[str, Value] = {}
        self.steps: list[Any] = []
        self.target = Target()
        self.done = asyncio.Event()
        self.untold: set[str] = set()
        self.failed: set[str] = set()
        self.lost: set[Any] = set()
        self.version = 0

    async def __aiter__(self) -> AsyncIterator[tuple[str, tuple[str, Value]]]:
        async for item in self.part(""):
            yield item

    async def part(self, prefix: str) -> AsyncIterator[tuple[str, tuple[str, Value]]]:
        for key, value in sorted(self.items.items()):
            if not key.startswith(prefix):
                continue
            for _ in range(15):  # what it has read may be old when it is met
                await asyncio.sleep(0)
            yield key, (key, value)

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update_all()
        await subscriber.mark_ready()
        self.untold, self.failed = set(), set()
        running: list[asyncio.Task[None]] = []
        for step in self.steps:
            match step:
                case Change():
                    self.change(step)
                    if step.told:
                        call = await self.call(subscriber, step)
                        running.append(asyncio.ensure_future(call.ready()))
                case Rescan():
                    running.append(asyncio.ensure_future(subscriber.update_all()))
                    self.untold.clear()
                case Part(prefix):
                    running.append(asyncio.ensure_future(subscriber.update_part(prefix, self.part(prefix))))
                    self.untold = {key for key in self.untold if not key.startswith(prefix)}
                case Turns(times):
                    for _ in range(times):
                        await asyncio.sleep(0)
                case Failing(keys):
                    self.target.failing = keys
                    self.failed |= keys
        await asyncio.gather(*running)
        self.lost = self.difference({*self.untold, *self.failed})
        self.target.failing = ()
        await subscriber.update_all()
        self.lost |= self.difference(set())
        self.done.set()
        await asyncio.get_running_loop().create_future()

    def change(self, step: Change) -> None:
        self.items.pop(step.key, None)
        if step.value is not None:
            self.version += 1
            self.items[step.key] = step.value._replace(version=self.version)
        if not step.told:
            self.untold.add(step.key)
        elif step.key not in self.target.failing:
            self.untold.discard(step.key)
            self.failed.discard(step.key)

    async def call(self, subscriber: Any, step: Change) -> Any:
        if step.value is None:
            return await subscriber.delete(step.key)
        return await subscriber.update(step.key, (step.key, self.items[step.key]))

    def difference(self, unknown: set[str]) -> set[Any]:
        """What the target holds, or lacks, unlike the source, apart from keys of which that cannot be known."""
        fails = {key for key, value in self.items.items() if value.fails}
        found = set(self.target.data.items()) ^ set(self.wanted().items())
        return {(key, value) for key, value in found if key[0] not in unknown | fails}

    def wanted(self) -> dict[Any, int]:
        """What the target is to hold; a child that fails keeps what there was."""
        return {
            (key, where, name): content
            for key, value in self.items.items()
            for where, states in (("", value.states), ("below", value.below), ("version", ((0, value.version),)))
            for name, content in states
        }

    def heal(self) -> None:
        self.items = {key: value._replace(fails=False) for key, value in self.items.items()}


@coco.fn(memo=True)
async def declare(key: str, where: str, states: tuple[tuple[int, int], ...], target: Target) -> None:
    for name, content in states:
        coco.declare_target_state(target.provider.target_state((key, where, name), content))


@coco.fn(memo=True)
async def child(item: tuple[str, Value], target: Target) -> None:
    key, value = item
    if value.below:
        await coco.mount(coco.component_subpath("below"), declare, key, "below", value.below, target)
    if value.fails:
        raise ValueError("told to fail")
    coco.declare_target_state(target.provider.target_state((key, "version", 0), value.version))
    for name, content in value.states:
        coco.declare_target_state(target.provider.target_state((key, "", name), content))


class Stop(NamedTuple):
    """How the update ends that the steps are part of."""

    after_turns: int | None


STOPS = st.one_of(st.just(Stop(None)), st.builds(Stop, st.integers(0, 300)))


async def lives(app: coco.App[..., Any], source: Source, steps: list[Any], stop: Stop) -> None:
    """A live update of these steps, which stops after them or before."""
    source.steps = steps
    source.done.clear()
    update = asyncio.ensure_future(app.update(live=True).result())
    done = asyncio.ensure_future(source.done.wait())
    if stop.after_turns is None:
        await asyncio.wait([update, done], return_when=asyncio.FIRST_COMPLETED)
        assert update.done() or source.lost == set(), "while it is live"
    else:
        for _ in range(stop.after_turns):
            await asyncio.sleep(0)
    for task in (update, done):
        task.cancel()
    await asyncio.wait([update, done])
    if not update.cancelled():
        update.result()
    source.target.failing = ()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(STEPS, STOPS), min_size=1, max_size=3), st.booleans())
def test_any_live_history_ends_as_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, lifes: list[tuple[list[Any], Stop]], under_memo: bool
) -> None:
    folder = tmp_path_factory.mktemp("history")
    source = Source()

    @coco.fn(memo=under_memo)
    async def main() -> None:
        await coco.mount_each(child, source, source.target)

    async def run() -> None:
        environment = coco.Environment(coco.Settings(db_path=folder / "store"))
        app = coco.App(coco.AppConfig("live", environment=environment), main)
        for steps, stop in lifes:
            await lives(app, source, steps, stop)
        source.heal()
        await lives(app, source, [], Stop(None))
        assert source.difference(set()) == set(), "at the next start"
        assert source.target.back == [], "never back"
        before = source.target.actions
        await lives(app, source, [], Stop(None))
        await app.update()
        assert source.target.actions == before, "when nothing has changed"
        await app.drop()
        assert source.target.data == {}

    try:
        asyncio.run(run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
