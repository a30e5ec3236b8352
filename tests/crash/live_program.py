"""Live updates that kill themselves with SIGKILL at each step they take, one after the other; run as one process.

Usage: live_program.py FOLDER feed|view. For each step (a store write, a call of the sink, an action) and each time that
it is taken, a fork begins on an empty store and dies there; one looks what is stored then, and one goes on to the end.
What they found is printed, a line of JSON for each.
"""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Any

import cocoindex as coco

FOLDER, KIND = pathlib.Path(sys.argv[1]), sys.argv[2]
STEPS = ["before commit", "after commit", "sink", "action", "applied"]

# The changes of a source, in order: a key, and its new value or that it goes.
LOG: list[tuple[str, str | None]] = [
    ("a", "1"),
    ("b", "1"),
    ("a", "2"),
    ("c", "1"),
    ("b", None),
    ("a", "3"),
    ("d", "1"),
    ("a", None),
    ("b", "2"),
    ("c", "2"),
    ("a", "4"),
    ("d", None),
]


class Death:
    """Where a process is to die."""

    step, nth = "none", 0

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def at(self, step: str) -> None:
        self.counts[step] = self.counts.get(step, 0) + 1
        if step == self.step and self.counts[step] == self.nth:
            os.kill(os.getpid(), signal.SIGKILL)


death = Death()


class Place:
    """One trial's folder."""

    def __init__(self, name: str) -> None:
        self.store = FOLDER / name / "store"
        self.out = FOLDER / name / "out"
        self.acknowledged = FOLDER / name / "acknowledged"
        self.source = FOLDER / name / "source.json"
        self.out.mkdir(parents=True)
        self.acknowledged.touch()
        self.write_source({})

    def write_source(self, source: dict[str, str]) -> None:
        new = self.source.with_suffix(".new")
        new.write_text(json.dumps(source))
        new.replace(self.source)

    def read_source(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.source.read_text())
        return found

    def target(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.out.iterdir()}


class Files:
    """A target of files."""

    place: Place

    def __init__(self) -> None:
        self.sink = coco.TargetActionSink.from_async_fn(self.apply)

    async def apply(self, context: coco.ContextProvider, actions: Sequence[tuple[str, str | None]]) -> None:
        death.at("sink")
        await asyncio.sleep(0)
        for name, content in actions:
            if content is None:
                (self.place.out / name).unlink(missing_ok=True)
            else:
                (self.place.out / name).write_text(content)
            death.at("action")
        death.at("applied")

    def reconcile(
        self, key: coco.StableKey, desired: Any, prev_possible_records: Collection[str], prev_may_be_missing: bool, /
    ) -> Any:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(prev == desired for prev in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)


FILES = Files()
PROVIDER: Any = coco.register_root_target_states_provider("crash/live", FILES)


@coco.fn(memo=True)
async def keep(value: tuple[str, str]) -> None:
    coco.declare_target_state(PROVIDER.target_state(*value))


class Feed:
    """The log from where the cursor is."""

    def __init__(self, place: Place, found: Callable[[Any], object] | None) -> None:
        self.place = place
        self.found = found

    async def watch(self, subscriber: Any) -> None:
        cursor = await subscriber.read_committed_state("cursor") or 0
        if self.found is not None:
            self.found(cursor)
            return
        for number, (key, value) in enumerate(LOG[cursor:], cursor + 1):
            call = subscriber.delete(key) if value is None else subscriber.update(key, (key, value))
            handle = await call
            await subscriber.checkpoint(number)
            subscriber.durable(lambda number=number: self.acknowledge(number))
            if number % 3 == 0:
                await handle.ready()
        await subscriber.mark_ready()

    def acknowledge(self, number: int) -> None:
        with self.place.acknowledged.open("a") as file:
            file.write(f"{number}\n")


class View:
    """What the log comes to so far; listed, changed, and listed again beside changes."""

    def __init__(self, place: Place) -> None:
        self.place = place

    async def __aiter__(self) -> AsyncIterator[tuple[str, tuple[str, str]]]:
        for key, value in self.place.read_source().items():
            await asyncio.sleep(0)
            yield key, (key, value)

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update_all()
        await subscriber.mark_ready()
        scans = []
        for number, (key, value) in enumerate(LOG, 1):
            source = self.place.read_source()
            source.pop(key, None)
            if value is not None:
                source[key] = value
            self.place.write_source(source)
            if number % 4 == 0:
                scans.append(asyncio.ensure_future(subscriber.update_all()))
                continue  # of this one only the scan tells
            handle = await (subscriber.delete(key) if value is None else subscriber.update(key, (key, value)))
            if number % 3 == 0:
                await handle.ready()
        await asyncio.gather(*scans)


def kill_in_store() -> None:
    """Die before or after a transaction of the store."""
    from cocoindex._engine.batch import Batch

    commit = Batch.commit

    def counted(batch: Batch) -> None:
        death.at("before commit")
        commit(batch)
        death.at("after commit")

    setattr(Batch, "commit", counted)  # noqa: B010  # a method that is replaced on purpose


def update(place: Place, *, live: bool, found: Callable[[Any], object] | None = None) -> None:
    FILES.place = place
    source: Any = Feed(place, found) if KIND == "feed" else View(place)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(coco.component_subpath("items"), keep, source)

    environment = coco.Environment(coco.Settings(db_path=place.store))
    coco.App(coco.AppConfig("crash", environment=environment), main).update_blocking(live=live)
    environment.close()


def in_a_fork(work: Callable[[], None]) -> bool:
    """Do `work` in a process of its own; whether that was killed."""
    if (pid := os.fork()) == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status not in (0, -signal.SIGKILL):
        sys.exit(f"a process ended with {status}")
    return status == -signal.SIGKILL


def stored(place: Place) -> Any:
    """The cursor that the next update would begin at."""
    answer = place.store.parent / "stored"
    in_a_fork(lambda: update(place, live=False, found=lambda cursor: answer.write_text(json.dumps(cursor))))
    return json.loads(answer.read_text())


def try_step(step: str, nth: int) -> bool:
    """One trial; whether the step was taken so often."""
    place = Place(f"{step} {nth}".replace(" ", "_"))

    def dying() -> None:
        death.step, death.nth = step, nth
        update(place, live=True)

    told: dict[str, Any] = {"step": step, "nth": nth, "killed": in_a_fork(dying)}
    told |= {"target": place.target(), "acknowledged": place.acknowledged.read_text().split()}
    told["stored"] = stored(place) if KIND == "feed" else None
    in_a_fork(lambda: update(place, live=False))
    told |= {"end": place.target(), "source": place.read_source()}
    print(json.dumps(told), flush=True)
    return bool(told["killed"])


if __name__ == "__main__":
    kill_in_store()
    for step in STEPS:
        nth = 1
        while try_step(step, nth):
            nth += 1
