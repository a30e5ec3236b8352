"""In an update that ends, what `auto_refresh` wraps runs once, as if it had been mounted itself."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import MountError, MountTypeError
from cocoindex.testing import RecordingTarget

MINUTE = datetime.timedelta(minutes=1)


def test_it_runs_under_the_path_of_its_function_and_keeps_its_memo(make_app: Any) -> None:
    target, runs, wrapped = RecordingTarget(), [], [True]

    @coco.fn(memo=True)
    async def sync_users(names: list[str], *, prefix: str) -> None:
        runs.append(names)
        for name in names:
            target.declare(prefix + name, 1)

    @coco.fn
    async def main(names: list[str]) -> None:
        fn: Any = coco.auto_refresh(sync_users, interval=MINUTE) if wrapped[0] else sync_users
        await (await coco.mount(fn, names, prefix="user ")).ready()
        assert target.data == {f"user {name}": 1 for name in names}

    names = ["ann", "bob"]
    app = make_app(main, names)
    app.update_blocking()
    app.update_blocking()
    wrapped[0] = False
    app.update_blocking()
    assert runs == [["ann", "bob"]]
    wrapped[0] = True
    names.remove("bob")
    app.update_blocking()
    assert target.data == {"user ann": 1}
    app.drop_blocking()
    assert target.data == {}


def test_it_may_have_a_path_of_its_own_and_a_sync_function(make_app: Any) -> None:
    target = RecordingTarget()

    def declare(key: int) -> None:
        target.declare(key, 1)

    @coco.fn
    async def main() -> None:
        for key in range(2):
            await coco.mount(coco.component_subpath(key), coco.auto_refresh(declare, interval=MINUTE), key)

    make_app(main).update_blocking()
    assert target.data == {0: 1, 1: 1}


def test_a_failed_run_goes_to_the_exception_handlers(make_app: Any) -> None:
    seen: list[str] = []

    async def broken() -> None:
        raise ValueError("no server")

    def note(error: BaseException, context: coco.ExceptionContext) -> None:
        seen.append(f"{context.stable_path} {error}")

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(note):
            await coco.mount(coco.auto_refresh(broken, interval=MINUTE))

    make_app(main).update_blocking()
    assert seen == ["/@broken no server"]


def test_use_mount_refuses_it(make_app: Any) -> None:
    async def give() -> int:
        return 1

    @coco.fn
    async def main() -> None:
        await coco.use_mount(coco.auto_refresh(give, interval=MINUTE))

    with pytest.raises(MountTypeError, match=r"use coco\.mount\(\)"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("interval", [5, None, "1m"])
def test_an_interval_of_another_kind_is_refused(interval: Any) -> None:
    with pytest.raises(MountTypeError, match="timedelta"):
        coco.auto_refresh(print, interval=interval)


@pytest.mark.parametrize("seconds", [0, -1])
def test_an_interval_of_nothing_is_refused(seconds: int) -> None:
    with pytest.raises(MountError, match="it must be positive"):
        coco.auto_refresh(print, interval=datetime.timedelta(seconds=seconds))


@pytest.mark.parametrize("process_fn", [3, "name", dict])
def test_what_is_no_function_is_refused(process_fn: Any) -> None:
    with pytest.raises(MountTypeError, match="takes a function"):
        coco.auto_refresh(process_fn, interval=MINUTE)


def test_other_classes_cannot_be_mounted(make_app: Any) -> None:
    async def main(kind: Any) -> None:
        await coco.mount(kind)

    with pytest.raises(MountTypeError, match=r"coco\.mount\(\) takes a function, not the class dict"):
        make_app(main, dict, name="other").update_blocking()


def test_an_object_that_is_called_asynchronously_is_awaited(make_app: Any) -> None:
    target = RecordingTarget()

    class Work:
        async def __call__(self, key: int) -> None:
            target.declare(key, 1)

    async def main() -> None:
        await coco.mount(coco.component_subpath("work"), Work(), 7)

    make_app(main).update_blocking()
    assert target.data == {7: 1}
