"""One trial: an update of the program in which something goes wrong, and what has to hold after it."""

from __future__ import annotations

import asyncio
import faulthandler
import pathlib
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import cocoindex as coco

from . import program
from .sites import Plan

SECONDS = 60
"""After so long an update counts as one that never ends; it takes some hundredths of a second."""

Data = dict[str, dict[Any, Any]]


class Known(NamedTuple):
    """What a clean run of version 0, then one of version 1, do.

    Attributes:
        store, held: after version 0: the folder of the store, and what the targets hold.
        rebuilt: what the targets hold after a run of version 1 from nothing.
        calls: how often each place was reached in the update from version 0 to 1.
    """

    store: pathlib.Path
    held: Data
    rebuilt: Data
    calls: Counter[str]


def held() -> Data:
    return {holder.name: dict(holder.data) for holder in program.HOLDERS}


def hold(data: Data) -> None:
    for holder in program.HOLDERS:
        holder.data = dict(data.get(holder.name, {}))


def actions() -> int:
    return sum(holder.actions for holder in program.HOLDERS)


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
    around: Callable[[Coroutine[Any, Any, None]], Coroutine[Any, Any, None]] | None = None,
) -> BaseException | None:
    """Update the program as a new process would; returns what the update raised."""
    program.SOURCE.version = version
    program.RUNS.clear()
    program.FAILED.clear()
    program.SITES.begin(plan)

    async def run(app: coco.App[..., Any]) -> None:
        await app.update()

    def work() -> None:
        with program.environment(store) as env:
            coroutine = run(coco.App(coco.AppConfig("faults", environment=env), program.main))
            asyncio.run(coroutine if around is None else around(coroutine))

    return in_a_thread(work)


def clean_runs(folder: pathlib.Path) -> Known:
    """Learn what a clean program does."""
    hold({})
    assert update(folder / "rebuilt", 1) is None
    rebuilt = held()
    hold({})
    assert update(folder / "store", 0) is None
    before = held()
    shutil.copytree(folder / "store", folder / "version1")
    assert update(folder / "version1", 1) is None
    calls = Counter(program.SITES.calls)
    assert held() == rebuilt
    return Known(folder / "store", before, rebuilt, calls)


def begin(known: Known, folder: pathlib.Path) -> pathlib.Path:
    """A store and targets as they are after version 0."""
    shutil.copytree(known.store, folder)
    hold(known.held)
    return folder


def check_others(known: Known) -> None:
    """What is not below a component that was said to have failed is as it should be."""
    shared = any(path.startswith('/"shared"') for path in program.FAILED)
    now = held()
    for name, data in known.rebuilt.items():
        for key in {*data, *now[name]}:
            if shared and str(key).startswith(("/shared", "/moves")):
                continue
            if not any(str(key).startswith((f"{path}#", f"{path}/")) for path in program.FAILED):
                assert now[name].get(key) == data.get(key), (name, key, program.FAILED)


def check_recovers(known: Known, store: pathlib.Path) -> None:
    """The next clean update leaves what a rebuild does, and the one after it does nothing."""
    assert (error := update(store, 1)) is None, f"the next update failed: {error!r}"
    assert held() == known.rebuilt
    done = actions()
    assert (error := update(store, 1)) is None, f"the update after the next failed: {error!r}"
    assert actions() == done, "there were actions where nothing had changed"
    assert program.RUNS == ['/"rows"'], f"components ran again: {program.RUNS}"


def spread(items: list[Any], count: int) -> Iterator[Any]:
    """`count` of `items`, spread evenly."""
    for number in range(count):
        yield items[number * len(items) // count]
