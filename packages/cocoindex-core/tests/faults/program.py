"""A program with all kinds of user code, over a source of two versions; each of its functions may be made to raise.

The key of a target state is the path of its component, `#`, and a number, so that a failure says which it concerns.
"""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import cocoindex as coco

from .further import mount_further
from .live import mount_live
from .sites import SITES
from .world import FAILED, RUNS, SOURCE, declare, flat, late, tables


class Setting:
    """A context value that says by a memo state whether it has changed."""

    def __coco_memo_key__(self) -> object:
        SITES.here("context.memo_key")
        return "setting"

    def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
        SITES.here("context.memo_state")
        return coco.MemoStateOutcome(SOURCE.version, memo_valid=prev == SOURCE.version)


SETTING = coco.ContextKey[Setting]("faults/setting", detect_change=True)


class File:
    """An item with a memo key and a state; number 0 changes with the version, number 1 does not."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.content = SOURCE.version if number % 2 == 0 else 0

    def __coco_memo_key__(self) -> object:
        SITES.here("file.memo_key")
        return self.number

    def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
        SITES.here("file.memo_state")
        return coco.MemoStateOutcome(self.content, memo_valid=prev == self.content)


class LateFile(File):
    """The same, that answers asynchronously."""

    async def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:  # type: ignore[override]  # the other form
        SITES.here("late_file.memo_state")
        await asyncio.sleep(0)
        SITES.here("late_file.memo_state later")
        return coco.MemoStateOutcome(self.content, memo_valid=prev == self.content)


class Result:
    """A memoized result that is pickled."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __reduce__(self) -> Any:
        SITES.here("result.reduce")
        return Result, (self.value,)


coco.unpickle_safe(Result)


class Elsewhere(coco.Runner):
    """A runner that runs on the loop."""

    def start(self) -> None:
        SITES.here("runner.start")

    def stop(self) -> None:
        SITES.here("runner.stop")

    def batches_of(self, fn: Any) -> int:
        SITES.here("runner.batches_of")
        return 2

    async def execute(self, fn: Any, args: Any, kwargs: Any, *, deadline: float | None = None) -> Any:
        SITES.here("runner.execute")
        result = fn(*args, **kwargs)
        await asyncio.sleep(0)
        SITES.here("runner.execute later")
        return result


ELSEWHERE = Elsewhere()


@coco.fn.as_async(runner=ELSEWHERE)
def elsewhere(value: int) -> int:
    SITES.here("elsewhere")
    return value


@coco.fn.as_async(runner=ELSEWHERE, batching=True)
def batch_elsewhere(values: list[int]) -> list[int]:
    SITES.here("batch elsewhere")
    return values


@coco.fn.as_async(batching=True)
def doubled(values: list[int]) -> list[int]:
    SITES.here("batch")
    return [value * 2 for value in values]


@coco.fn(memo=True)
def called(path: str, number: int, value: int) -> int:
    SITES.here("called")
    declare(flat, path, number, value)
    return value


@coco.fn(memo=True)
async def called_later(path: str, number: int, file: LateFile) -> int:
    SITES.here("called_later")
    await asyncio.sleep(0)
    declare(late, path, number, file.content)
    return file.content


def key_of(value: Any) -> Any:
    SITES.here("key function")
    return value


@coco.fn(memo=True, memo_key={"value": key_of})
def threaded(path: str, value: int) -> Result:
    RUNS.append(path)
    SITES.here("threaded")
    declare(flat, path, 0, value)
    declare(late, path, 1, value)
    SITES.here("threaded later")
    return Result(value)


@coco.fn(memo=True)
async def item(file: File, path: str) -> None:
    RUNS.append(path)
    SITES.here("item")
    declare(flat, f'{path}/"{file.number}"', 0, file.content)
    await asyncio.sleep(0)
    SITES.here("item later")


@coco.fn
async def rows(path: str, table: Any, count: int) -> None:
    RUNS.append(path)
    SITES.here("rows")
    for number in range(count):
        declare(table, path, number, count if number == 0 else 1)
    declare(table.attachment("index"), path, 0, count)


@coco.fn(memo=True)
async def calls(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("calls")
    called(path, 0, 0)
    called(path, 1 + version, version)
    await coco.map(lambda number: called_later(path, number, LateFile(number)), [10, 11])
    state = coco.use_state("count", 0)
    state.value = state.value + 1 if version == 0 else 5
    numbers = await coco.map(doubled, [1, version])
    declare(flat, path, 20, sum(numbers) + await elsewhere(version) + await batch_elsewhere(version))


@coco.fn(memo=True)
async def setting(path: str) -> None:
    RUNS.append(path)
    SITES.here("setting")
    coco.use_context(SETTING)
    declare(late, path, 0, SOURCE.version)


@coco.fn(memo=True)
async def inner(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("inner")
    declare(flat, path, 0, version)


@coco.fn(memo=True)
async def outer(path: str, version: int) -> None:
    RUNS.append(path)
    SITES.here("outer")
    for number in range(3 - version):
        await coco.mount(coco.component_subpath(number), inner, f"{path}/{number}", version * number)
    SITES.here("outer later")
    declare(late, path, 0, version)


@coco.fn(memo=True)
async def shared(path: str, version: int) -> None:
    """Declares what another component declares, too; both go on to declare it, or one does."""
    RUNS.append(path)
    SITES.here("shared")
    declare(flat, "/shared", 0, "one value")
    if path.endswith(f"{version}"):
        declare(flat, "/moves", 0, version)


@coco.fn
async def failing() -> None:
    raise ValueError("always")


async def handle(error: BaseException, context: coco.ExceptionContext) -> None:
    SITES.here("handler")
    await asyncio.sleep(0)
    SITES.here("handler later")
    raise error


def handle_at_last(error: BaseException, context: coco.ExceptionContext) -> None:
    FAILED.append(context.stable_path)
    SITES.here("outer handler")


def source() -> Iterator[tuple[str, File]]:
    for number in range(3 - SOURCE.version):
        SITES.here("source")
        yield str(number), File(number)


async def late_source() -> AsyncIterator[tuple[str, File]]:
    for number in range(3 - SOURCE.version):
        SITES.here("late_source")
        await asyncio.sleep(0)
        yield str(number), LateFile(number)


@coco.fn
async def main() -> None:
    version = SOURCE.version
    at = coco.component_subpath
    SITES.here("main")
    async with coco.exception_handler(handle):
        await coco.mount(at("failing"), failing)
        await coco.mount(at("threaded"), threaded, '/"threaded"', version)
        await coco.mount(at("calls"), calls, '/"calls"', version)
        await coco.mount(at("outer"), outer, '/"outer"', version)
        for number in range(2):
            await coco.mount(at("shared", number), shared, f'/"shared"/{number}', version)
        await coco.mount_each(at("items"), item, source(), '/"items"')
        await coco.mount_each(at("late"), item, late_source(), '/"late"')
        await coco.mount(at("setting"), setting, '/"setting"')
        await mount_further(version)
        await mount_live(version)
        table = await coco.mount_target(tables.target_state("table", 1 + version))
        await coco.mount(at("rows"), rows, '/"rows"', table, 2 + version)
        used = await coco.use_mount(at("used"), threaded, '/"used"', version)
        SITES.here("main later")
        declare(late, "/", 0, used.value)


@contextlib.contextmanager
def environment(folder: pathlib.Path) -> Iterator[coco.Environment]:
    builder = coco.EnvironmentBuilder(coco.Settings(db_path=folder))
    builder.set_exception_handler(handle_at_last)
    builder.provide(SETTING, Setting())
    env = builder.build()
    try:
        yield env
    finally:
        env.close()
