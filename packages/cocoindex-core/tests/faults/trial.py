"""One trial: an update of the program in which something goes wrong, and what has to hold after it."""

from __future__ import annotations

import asyncio
import faulthandler
import pathlib
import shutil
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import cocoindex as coco

from . import program, world
from .hurried import HurriedLoop
from .sites import SITES, Plan

LIVE_SECONDS = 1000
"""So long a live update goes on, on a loop on which pauses take no time."""


async def live(app: coco.App[..., Any]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LIVE_SECONDS):
            await app.update(live=True).result()


OPERATIONS: dict[str, Callable[[coco.App[..., Any]], Awaitable[Any]]] = {
    "update": lambda app: app.update(),
    "full": lambda app: app.update(full_reprocess=True),
    "preview": lambda app: app.update(preview=True),
    "drop": lambda app: app.drop(),
    "live": live,
}
"""What is done with the program, after an update of version 0."""

SECONDS = 60
"""After so long an update counts as one that never ends; it takes some hundredths of a second."""

Data = dict[str, dict[Any, Any]]


class Known(NamedTuple):
    """What a clean run of version 0, then one of version 1, do.

    Attributes:
        store, held: after version 0: the folder of the store, and what the targets hold.
        rebuilt: what the targets hold after a run of version 1 from nothing.
        calls: how often each place was reached in the update from version 0 to 1, by what was done.
        always: the components that run in each update, in alphabetical order.
    """

    store: pathlib.Path
    held: Data
    rebuilt: Data
    calls: dict[str, Counter[str]]
    always: list[str]


def held() -> Data:
    return {holder.name: dict(holder.data) for holder in world.HOLDERS}


def hold(data: Data) -> None:
    for holder in world.HOLDERS:
        holder.data = dict(data.get(holder.name, {}))


def actions() -> int:
    return sum(holder.actions for holder in world.HOLDERS)


def in_a_thread(work: Callable[[], None]) -> BaseException | None:
    """Do `work` in a thread of its own, where Ctrl-C is an exception like others; returns what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as exc:
            raised.append(exc)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if thread.is_alive():
        faulthandler.dump_traceback(2)
        raise AssertionError(f"the update did not end in {SECONDS} seconds")
    return raised[0] if raised else None


def update(
    store: pathlib.Path,
    version: int,
    plan: Plan | None = None,
    *,
    what: str = "update",
    around: Callable[[Coroutine[Any, Any, None]], Coroutine[Any, Any, None]] | None = None,
) -> BaseException | None:
    """Update the program as a new process would, or do something else of `OPERATIONS`; returns what that raised."""
    world.SOURCE.version, world.SOURCE.previewed = version, what == "preview"
    world.RUNS.clear()
    world.FAILED.clear()
    SITES.begin(plan)

    async def run(app: coco.App[..., Any]) -> None:
        await OPERATIONS[what](app)

    def work() -> None:
        with program.environment(store) as env:
            coroutine = run(coco.App(coco.AppConfig("faults", environment=env), program.main))
            with asyncio.Runner(loop_factory=HurriedLoop if what == "live" else None) as runner:
                runner.run(coroutine if around is None else around(coroutine))

    return in_a_thread(work)


def clean_runs(folder: pathlib.Path) -> Known:
    """Learn what a clean program does."""
    hold({})
    assert (error := update(folder / "rebuilt", 1)) is None, repr(error)
    rebuilt = held()
    hold({})
    assert (error := update(folder / "store", 0)) is None, repr(error)
    before = held()
    calls: dict[str, Counter[str]] = {}
    for what in OPERATIONS:
        shutil.copytree(folder / "store", folder / what)
        hold(before)
        assert (error := update(folder / what, 1, what=what)) is None, repr(error)
        calls[what] = Counter(SITES.calls)
        assert held() == {"preview": before, "drop": {holder: {} for holder in before}}.get(what, rebuilt), what
    hold(rebuilt)
    assert update(folder / "update", 1) is None
    return Known(folder / "store", before, rebuilt, calls, sorted(world.RUNS))


def begin(known: Known, folder: pathlib.Path) -> pathlib.Path:
    """A store and targets as they are after version 0."""
    shutil.copytree(known.store, folder)
    hold(known.held)
    return folder


CONCERNS = {'/"shared"': ("/shared", "/moves"), '/"emptied"': ('/"emptied"',)}
"""Below which path a failure concerns which keys, besides those that begin with its own path."""


def any_below(path: str) -> bool:
    return any(failed.startswith(path) for failed in world.FAILED)


def check_others(known: Known) -> None:
    """What is not below a component that was said to have failed is as it should be."""
    now = held()
    excused = tuple(key for path, keys in CONCERNS.items() for key in keys if any_below(path))
    for name, data in known.rebuilt.items():
        for key in {*data, *now[name]}:
            if not str(key).startswith(excused) and not any(
                str(key).startswith((f"{path}#", f"{path}/")) for path in world.FAILED
            ):
                assert now[name].get(key) == data.get(key), (name, key, world.FAILED)


def check_recovers(known: Known, store: pathlib.Path) -> None:
    """The next clean update leaves what a rebuild does, and the one after it does nothing."""
    assert (error := update(store, 1)) is None, f"the next update failed: {error!r}"
    assert held() == known.rebuilt
    done = actions()
    assert (error := update(store, 1)) is None, f"the update after the next failed: {error!r}"
    assert actions() == done, "there were actions where nothing had changed"
    assert sorted(world.RUNS) == known.always, f"components ran again: {world.RUNS}"


def check_drop(store: pathlib.Path) -> None:
    """A clean drop leaves nothing."""
    assert (error := update(store, 1, what="drop")) is None, f"the drop failed: {error!r}"
    assert not any(held().values())


def spread(items: list[Any], count: int) -> Iterator[Any]:
    """`count` of `items`, spread evenly."""
    for number in range(count):
        yield items[number * len(items) // count]
