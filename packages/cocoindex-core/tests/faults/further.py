"""Components that use objects and targets of all kinds; `program` mounts them."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterator

import cocoindex as coco

from . import world
from .codecs import Answers, Coded, Option, Record, Registered
from .sites import SITES
from .world import RUNS, SOURCE, declare

at = coco.component_subpath


@coco.fn(memo=True)
async def result(path: str) -> Coded:
    """Is the same in both versions: its result is read again."""
    RUNS.append(path)
    SITES.here("result")
    declare(world.flat, path, 0, "result")
    return Coded(1)


@coco.fn(memo=True)
def call(number: int) -> Record:
    SITES.here("call")
    return Record(Coded(number).value)


@coco.fn(memo=True)
def pickled_call(number: int) -> Coded:
    SITES.here("pickled_call")
    return Coded(number)


@coco.fn(memo=True)
async def coded(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("coded")
    used = await coco.use_mount(at("result"), result, f'{path}/"result"')
    state = coco.use_state("state", Coded(0), type_hint=Coded)
    state.value = Coded(state.value.value + 1)
    declare(world.tracked, path, 0, version)
    declare(world.pickled, path, 0, version)
    declare(world.reporting, path, 0, version)
    declare(world.flat, path, 0, used.value + call(1).value + pickled_call(1).value)


class CodedFile:
    """An argument whose state is an object."""

    def __coco_memo_key__(self) -> object:
        SITES.here("coded_file.memo_key")
        return Coded("file")

    def __coco_memo_state__(self, prev: Coded) -> coco.MemoStateOutcome:
        SITES.here("coded_file.memo_state")
        return coco.MemoStateOutcome(Coded(SOURCE.version), memo_valid=isinstance(prev, Coded))


@coco.fn(memo=True)
async def state(path: str, file: CodedFile, thing: Registered | None = None) -> None:
    RUNS.append(path)
    SITES.here("state")
    declare(world.flat, path, 0, "state")


@coco.fn.as_async(batching=True)
def answered(values: list[int], option: Option) -> Answers:
    SITES.here("answered")
    return Answers([value + 1 for value in values])


def numbers(version: int) -> Iterator[int]:
    for number in (1, version):
        SITES.here("numbers")
        yield number


async def late_numbers(version: int) -> AsyncIterator[int]:
    for number in (2, version):
        SITES.here("late_numbers")
        await asyncio.sleep(0)
        yield number


@coco.fn(memo=True)
async def answers(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("answers")
    found = await coco.map(lambda number: answered(number, Option()), numbers(version))
    found += await coco.map(lambda number: answered(number, Option()), late_numbers(version))
    declare(world.flat, path, 0, sum(found))


def callback(value: int) -> int:
    SITES.here("callback")
    return value + 1


async def late_callback(value: int) -> int:
    SITES.here("late_callback")
    await asyncio.sleep(0)
    return value + 1


@coco.fn(memo=True)
async def callbacks(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("callbacks")
    first = coco.logic_propagated_to_callers(callback)(version)
    declare(world.flat, path, 0, await coco.logic_propagated_to_callers(late_callback)(first))


@coco.fn(memo=True)
async def refreshed(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("refreshed")
    declare(world.flat, path, 0, version)


@coco.fn(memo=True)
async def unique(path: str, value: str) -> None:
    RUNS.append(path)
    SITES.here("unique")
    declare(world.unique, path, 0, value)


@coco.fn
async def slotted(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("slotted")
    box = await coco.mount_target(world.slotted.target_state(f"{path}#box", 1 + version))
    declare(box, path, 0, version)


@coco.fn
async def emptied(path: str, version: int) -> None:
    """Its first box goes in version 1."""
    RUNS.append(path)
    SITES.here("emptied")
    for number in range(version, 2):
        box = await coco.mount_target(world.emptied.target_state(f"{path}#{number}", 1))
        declare(box, path, number, number)


async def mount_further(version: int) -> None:
    await coco.mount(at("coded"), coded, '/"coded"', version)
    await coco.mount(at("state"), state, '/"state"', CodedFile())
    await coco.mount(at("registered"), state, '/"registered"', CodedFile(), Registered(version))
    await coco.mount(at("answers"), answers, '/"answers"', version)
    await coco.mount(at("callbacks"), callbacks, '/"callbacks"', version)
    refresh = coco.auto_refresh(refreshed, interval=datetime.timedelta(hours=1))
    await coco.mount(at("refreshed"), refresh, '/"refreshed"', version)
    # Two exchange their values, and one takes over that of one which goes.
    for number, value in {0: {0: "a", 1: "b", 2: "c"}, 1: {0: "b", 1: "a", 3: "c"}}[version].items():
        await coco.mount(at("unique", number), unique, f'/"unique"/{number}', value)
    if not SOURCE.previewed:
        await coco.mount(at("slotted"), slotted, '/"slotted"', version)
    await coco.mount(at("emptied"), emptied, '/"emptied"', version)
